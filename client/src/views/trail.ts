import { type Html, html } from './html.js';
import type { Node } from './model.js';
import { amountText, type Say, visible } from './words.js';

/** The way from the context down to the folder that is shown, each step a button but the last. */
export function trail(path: readonly string[], folder: Node, say: Say): Html {
  const amount = amountText(folder, say);
  const names = [say('context'), ...path.map(visible)];
  const items = names.map((name, i) => {
    if (i === names.length - 1) {
      const label = say('{0}: {1}', name, amount);
      return html`<li><span aria-current="location" aria-label="${label}"><bdi>${name}</bdi></span> <span class="amount">${amount}</span></li>`;
    }
    const target = JSON.stringify(path.slice(0, i));
    return html`<li><button type="button" class="link" data-do="enter" data-names="${target}"><bdi>${name}</bdi></button></li>`;
  });
  return html`<ol class="trail">${items}</ol>`;
}
