import isOdd from 'is-odd';

export const ready = isOdd(3) ? 'ready' : 'waiting';
