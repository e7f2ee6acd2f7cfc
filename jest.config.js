// JupyterLab's packages are ES modules, so they are transformed too; jest itself runs CommonJS.
const esModules = ['@jupyterlab', '@jupyter', '@lumino', 'lib0', 'nanoid', 'y-protocols', 'vscode-ws-jsonrpc', '@microsoft', 'exenv-es6', '@rjsf'].join('|');

module.exports = {
  testEnvironment: '<rootDir>/tests/frontend/environment.js',
  roots: ['<rootDir>/tests/frontend'],
  // A limit for what hangs; a busy machine of two cores may need seconds for a toolbar's web components.
  testTimeout: 30000,
  testRegex: '.*\\.spec\\.tsx?$',
  setupFiles: ['@jupyterlab/testing/lib/jest-shim.js', '<rootDir>/tests/frontend/setup.ts'],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'json', 'mjs', 'cjs'],
  moduleNameMapper: {
    '\\.(css|less|sass|scss)$': 'identity-obj-proxy',
    '\\.svg$': '<rootDir>/tests/frontend/svg.js'
  },
  transform: {
    '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }],
    '^.+\\.m?js$': ['ts-jest', { tsconfig: { allowJs: true, isolatedModules: true, module: 'commonjs', target: 'ES2020' } }]
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`]
};
