import { type Html, html } from './html.js';

/** What the page around the report needs of the webview. */
export interface PageParts {
  /** Language of the texts, such as `en`. */
  readonly language: string;
  readonly title: string;
  /** Until there is a report. */
  readonly waiting: string;
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** Fresh for each page. */
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
}

/** The page: styles and one script with a nonce, nothing else may load and nothing may be reached. */
export function reportPage(parts: PageParts): string {
  const { language, title, waiting, cspSource, nonce, script, style } = parts;
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>\n${page().text}\n`;

  function page(): Html {
    return html`<html lang="${language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><link rel="stylesheet" href="${style}"></head>
<body><div id="busy" class="busy" hidden></div><p id="live" class="unseen" role="status"></p>
<main id="report" tabindex="-1"><p class="waiting">${waiting}</p></main>
<script nonce="${nonce}" src="${script}"></script></body></html>`;
  }
}
