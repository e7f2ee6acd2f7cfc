import React, { useRef } from 'react';

import { useIsNear, useThemeName } from '../../../../src/view/run/chartHooks';
import { draw, happened } from '../../render';

/** Says when an element comes into sight, when a story does. */
class FakeObserver {
  static readonly all: FakeObserver[] = [];
  watched: Element | null = null;

  constructor(
    private readonly _tell: (entries: readonly { isIntersecting: boolean }[]) => void,
    readonly options: { readonly rootMargin: string }
  ) {
    FakeObserver.all.push(this);
  }

  observe(element: Element): void {
    this.watched = element;
  }

  disconnect(): void {
    this.watched = null;
  }

  sees(isIntersecting: boolean): void {
    this._tell([{ isIntersecting }]);
  }
}

function Box(): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const isNear = useIsNear(host);
  return <div ref={host}>{isNear ? 'drawn' : 'waiting'}</div>;
}

function Themed(): JSX.Element {
  return <p>{useThemeName() || 'none'}</p>;
}

beforeEach(() => {
  FakeObserver.all.length = 0;
  Object.assign(globalThis, { IntersectionObserver: FakeObserver });
});
afterEach(() => document.body.removeAttribute('data-jp-theme-name'));

it('draws nothing that is out of sight', async () => {
  const page = draw(<Box />);
  const [observer] = FakeObserver.all;
  await happened(() => observer!.sees(false));
  expect([page.text, observer!.watched]).toEqual(['waiting', page.node.firstChild]);
});

it('draws a little before it comes into sight, and looks no more from then on', async () => {
  const page = draw(<Box />);
  const [observer] = FakeObserver.all;
  expect(parseInt(observer!.options.rootMargin, 10)).toBeGreaterThan(0);
  await happened(() => observer!.sees(true));
  expect([page.text, observer!.watched, FakeObserver.all.length]).toEqual(['drawn', null, 1]);
});

it('looks no more when it is gone', () => {
  const page = draw(<Box />);
  page.end();
  expect(FakeObserver.all[0]!.watched).toBeNull();
});

it('knows when the theme is another, so that a chart is drawn in its colours', async () => {
  document.body.setAttribute('data-jp-theme-name', 'JupyterLab Light');
  const page = draw(<Themed />);
  expect(page.text).toBe('JupyterLab Light');
  await happened(() => document.body.setAttribute('data-jp-theme-name', 'JupyterLab Dark'));
  expect(page.text).toBe('JupyterLab Dark');
});
