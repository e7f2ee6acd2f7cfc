/**
 * Cleans the HTML of a note beyond what JupyterLab's sanitizer does: a note may come out of somebody else's store.
 *
 * No command of JupyterLab is bound to a click, and nothing is fetched because the note is looked at.
 */

import { IRenderMime } from '@jupyterlab/rendermime-interfaces';

/** Return a sanitizer that does what `base` does, and then more. */
export function noteSanitizer(base: IRenderMime.ISanitizer): IRenderMime.ISanitizer {
  return {
    sanitize: (dirty, options) => harmless(base.sanitize(dirty, options)),
    getAutolink: () => base.getAutolink?.() ?? true,
    allowNamedProperties: false,
    allowCommandLinker: false
  };
}

/** Return sanitized HTML without command links, and with pictures only where they are part of it. */
export function harmless(html: string): string {
  // A parsed document is inert: it runs nothing and loads nothing.
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of Array.from(body.querySelectorAll('*'))) {
    for (const { name, value } of Array.from(element.attributes)) {
      const isFetched =
        ['src', 'srcset', 'poster', 'background', 'style'].includes(name) && !isPicture(name, value);
      if (name.startsWith('data-') || isFetched) {
        element.removeAttribute(name);
      }
    }
    if (element instanceof HTMLAnchorElement) {
      element.rel = 'noopener noreferrer';
    }
  }
  return body.innerHTML;
}

function isPicture(name: string, value: string): boolean {
  return name === 'src' && /^data:image\/(?:png|jpeg|gif|webp);/i.test(value);
}
