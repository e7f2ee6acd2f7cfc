/** What a chart wants to know of the page: whether it is in sight, and which theme it is drawn on. */

import { RefObject, useEffect, useState } from 'react';

const THEME = 'data-jp-theme-name';

/** Whether an element has come near the visible part of the page; once true, it stays so. */
export function useIsNear(element: RefObject<Element>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const node = element.current;
    if (!node || isNear) {
      return;
    }
    const observer = new IntersectionObserver(
      entries => entries.some(entry => entry.isIntersecting) && setNear(true),
      { rootMargin: '200px' }
    );
    observer.observe(node);
    return () => observer.disconnect();
  }, [element, isNear]);
  return isNear;
}

/** The name of JupyterLab's theme; a new one when the user changes it. */
export function useThemeName(): string {
  const read = () => document.body.getAttribute(THEME) ?? '';
  const [name, setName] = useState(read);
  useEffect(() => {
    const observer = new MutationObserver(() => setName(read()));
    observer.observe(document.body, { attributes: true, attributeFilter: [THEME] });
    return () => observer.disconnect();
  }, []);
  return name;
}
