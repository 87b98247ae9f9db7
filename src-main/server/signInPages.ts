import type { Refusal } from "./refusal.ts";

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character]);

/** Commands stand between backticks. */
const withCode = (text: string): string => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");

/** A page of a few words, which loads nothing. @param head more of its head, as HTML */
const page = (title: string, text: string, head = ""): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    ${head}
    <title>${escaped(title)} - ResNet Workbench</title>
    <style>
      body { max-width: 34rem; margin: 18vh auto 0; padding: 0 20px; background: #fbfbfa; color: #1b1b19;
        font: 15px/24px Inter, system-ui, sans-serif; }
      h1 { font-size: 20px; }
      a { color: #2f5fd0; }
      @media (prefers-color-scheme: dark) {
        body { background: #151617; color: #ececea; }
        a { color: #86a8ff; }
      }
    </style>
  </head>
  <body>
    <h1>${escaped(title)}</h1>
    ${text}
  </body>
</html>
`;

/** Goes to `address` by itself, without a script. */
const goesTo = (address: string): string => `<meta http-equiv="refresh" content="0; url=${escaped(address)}" />`;

/**
 * What a link is answered with, together with the cookie: a page of this site that goes on to the window. A redirect
 * would be part of the navigation that began elsewhere (in the opener's file), and strict cookies do not go along with
 * such a one.
 */
export const enteringPage = (): string =>
  page("Opening the workbench", `<p><a href="/">Go on</a> if nothing happens.</p>`, goesTo("/"));

/** The file that a browser is opened with: the link is in it, and on no command line. */
export const openerPage = (link: string): string =>
  page("Opening the workbench", `<p><a href="${escaped(link)}">Go on</a> if nothing happens.</p>`, goesTo(link));

/** In the window's place, where a checkout has not built it. */
export const notBuiltPage = (): string =>
  page(
    "The window is not built",
    `<p>In the project's folder: <code>npm start</code> builds it (about 10 s); then load this page again. Runs and queue are
      not affected; in a terminal <code>rwb --help</code> shows what there is.</p>`,
  );

export const refusalPage = ({ message, mend }: Refusal): string =>
  page(message, `<p>${withCode(mend)}</p>\n    <p><a href="/">To the workbench</a></p>`);
