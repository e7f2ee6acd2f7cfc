// jsdom with Node's own fetch: its Request, Response and streams are what a browser's are.
const { TestEnvironment } = require('jest-environment-jsdom');

const NAMES = [
  'fetch', 'Request', 'Response', 'Headers', 'ReadableStream', 'TextDecoder', 'TextEncoder', 'AbortController',
  'AbortSignal', 'setImmediate', 'clearImmediate', 'ArrayBuffer', 'Uint8Array', 'DataView', 'structuredClone'
];

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of NAMES) {
      this.global[name] = globalThis[name];
    }
  }
};
