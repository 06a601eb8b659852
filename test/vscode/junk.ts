import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files of so many bytes that take no room on the disk. */
const junk: Readonly<Record<string, number>> = {
  'node_modules/typescript/lib/typescript.js': 9_110_000,
  'node_modules/typescript/lib/tsc.js': 6_220_000,
  'node_modules/typescript/lib/lib.dom.d.ts': 1_300_000,
  'node_modules/@img/sharp-linux-x64/lib/sharp.node': 17_800_000,
  'node_modules/@img/sharp-libvips/lib/libvips-cpp.so': 42_600_000,
  'node_modules/aws-sdk/dist/aws-sdk.js': 14_900_000,
  'node_modules/aws-sdk/apis/ec2.min.json': 1_900_000,
  'node_modules/lodash/lodash.js': 544_000,
  'node_modules/date-fns/cdn.js': 5_200_000,
  'coverage/lcov-report/index.html': 2_400_000,
  'coverage/coverage-final.json': 11_300_000,
  'recordings/checkout.mp4': 38_000_000,
  'recordings/login.mp4': 12_000_000,
  'public/fonts/shop.woff2': 310_000,
  'public/hero.avif': 1_800_000,
  'server.log': 31_400_000,
};

/** Puts into examples/context what a project that is worked on has. */
export function fill(folder: string): void {
  for (const [name, bytes] of Object.entries(junk)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
    truncateSync(file, bytes);
  }
}
