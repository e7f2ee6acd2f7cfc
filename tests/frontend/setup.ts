/** What a browser has and jsdom has not. */

/** Nothing is laid out here, so nothing changes its size. */
class NoResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

globalThis.ResizeObserver ??= NoResizeObserver;
