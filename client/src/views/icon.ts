import { type Html, html } from './html.js';

const shapes = {
  error:
    'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3 9.3-.7.7L8 8.7 5.7 11l-.7-.7L7.3 8 5 5.7l.7-.7L8 7.3 10.3 5l.7.7L8.7 8Z',
  warning: 'M8 1 .5 15h15L8 1Zm.7 11.9H7.3v-1.4h1.4v1.4Zm0-2.7H7.3V5.6h1.4v4.6Z',
  note: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm.7 10.5H7.3V7h1.4v4.5Zm0-5.6H7.3V4.5h1.4v1.4Z',
} as const;

/** A sign before a text that says the same. */
export function icon(kind: keyof typeof shapes): Html {
  return html`<svg class="icon ${kind}" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="${shapes[kind]}"/></svg>`;
}
