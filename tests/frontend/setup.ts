/** What a browser has and jsdom has not. */

/** Nothing is laid out here, so nothing changes its size. */
class NoResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

globalThis.ResizeObserver ??= NoResizeObserver;

/** JupyterLab warns when it is loaded without one. */
Object.defineProperty(navigator, 'clipboard', {
  value: { read: async () => [], write: async () => undefined }
});
