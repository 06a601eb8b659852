import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWorkflow } from '../../server/src/syntax/workflow/parse.js';

function job(steps: string): string {
  return `on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;
}

describe('parseWorkflow', () => {
  it('reads build-push-action', () => {
    const text = job(`      - uses: docker/build-push-action@v6
        with:
          context: ./api
          file: ./docker/api.Dockerfile
          target: prod
          build-args: |
            A=1
            SHA=\${{ github.sha }}
          build-contexts: |
            base=docker-image://alpine
`);
    const [build] = parseWorkflow(text).builds;
    expect(build).toMatchObject({
      how: 'build-push-action',
      job: 'image',
      context: 'api',
      remote: false,
      file: 'docker/api.Dockerfile',
      target: 'prod',
      args: { A: '1', SHA: null },
      namedContexts: ['base'],
    });
    expect(build && text.slice(build.span.start, build.span.end)).toBe('docker/build-push-action@v6');
  });

  it('builds the repository where no context is given, and knows when an expression decides', () => {
    const text = job(`      - uses: docker/build-push-action@v6
      - uses: docker/build-push-action@v6
        with: { context: "\${{ matrix.dir }}" }
      - uses: docker/build-push-action@v6
        with: { context: "{{defaultContext}}:web", file: prod.Dockerfile }
`);
    expect(parseWorkflow(text).builds.map(({ context, file }) => [context, file])).toEqual([
      ['.', 'Dockerfile'],
      [undefined, undefined],
      ['web', 'web/prod.Dockerfile'],
    ]);
  });

  it('reads docker lines of scripts', () => {
    const text = job(`      - run: |
          cd services/api && docker build -t "x:$TAG" \\
            --build-arg V=1 --build-arg=W -f Dockerfile.prod --target run .
          docker buildx build --push --file=docker/Dockerfile ../..
          docker run x
      - run: docker image build .
        working-directory: web
      - run: docker buildx bake -f docker-bake.json web
      - run: docker compose up --build
`);
    const file = parseWorkflow(text);
    expect(file.builds.map(({ context, file, target, args }) => [context, file, target, args])).toEqual([
      ['services/api', 'services/api/Dockerfile.prod', 'run', { V: '1', W: null }],
      ['.', 'services/api/docker/Dockerfile', null, {}],
      ['web', 'web/Dockerfile', null, {}],
    ]);
    expect(text.slice(file.builds[1]?.span.start, file.builds[1]?.span.end)).toBe(
      'docker buildx build --push --file=docker/Dockerfile ../..',
    );
    expect(file.bakes).toMatchObject([{ files: ['docker-bake.json'], targets: ['web'] }]);
  });

  it('reads composite actions, and tells other files apart', () => {
    const action = parseWorkflow(
      'runs:\n  using: composite\n  steps:\n    - run: docker build .\n      shell: bash\n',
    );
    expect([action.kind, action.buildsImages]).toEqual(['action', true]);
    expect(parseWorkflow('a: 1').kind).toBe('other');
    expect(parseWorkflow(job('      - run: npm test\n')).buildsImages).toBe(false);
  });

  it('never throws', () => {
    const text = job(
      '      - run: |\n          cd a && docker build -f "$(x)" \\\n          .\n      - uses: docker/bake-action@v5\n',
    );
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.nat(text.length),
        fc.string({ unit: 'binary', maxLength: 5 }),
        (a, b, cut) => {
          expect(
            parseWorkflow(text.slice(0, a) + cut + text.slice(b)).problems.length,
          ).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
