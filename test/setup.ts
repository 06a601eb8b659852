import fc from 'fast-check';

// The same random inputs on every run, so that a run says something about the change and not about luck.
// SEED=n draws others.
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });
