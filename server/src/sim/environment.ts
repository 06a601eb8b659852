/** Values of variables: a name that is not in it is not set, one with undefined has a value nobody can know. */
export type Environment = ReadonlyMap<string, string | undefined>;

/**
 * An environment that grows by layers: an instruction adds its few variables without copying all those before it,
 * so that thousands of ENV lines cost no more than their number.
 */
export interface Layers {
  readonly own: Environment;
  readonly below: Layers | undefined;
}

/** No variables at all. */
export const noVariables: Layers = { own: new Map(), below: undefined };

/** `below` with the variables of `own` over it. */
export function withVariables(below: Layers, own: Environment): Layers {
  return own.size === 0 ? below : { own, below };
}

/** The value of `name`; null where it is not set. */
export function variable(layers: Layers, name: string): string | null | undefined {
  for (let layer: Layers | undefined = layers; layer !== undefined; layer = layer.below) {
    if (layer.own.has(name)) return layer.own.get(name);
  }
  return null;
}

/** All layers in one map: each variable where it was first set, or with `latest` where it was last set. */
export function allVariables(layers: Layers, latest = false): Environment {
  if (layers.below === undefined) return layers.own;
  const found: Environment[] = [];
  for (let layer: Layers | undefined = layers; layer !== undefined; layer = layer.below)
    found.push(layer.own);
  const all = new Map<string, string | undefined>();
  for (const own of found.reverse()) {
    for (const [name, value] of own) {
      if (latest) all.delete(name);
      all.set(name, value);
    }
  }
  return all;
}
