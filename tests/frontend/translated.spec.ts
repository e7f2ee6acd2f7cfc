/** Every text that a user sees goes through the translator, as a literal that tools can collect. */

import { readFileSync, readdirSync, statSync } from 'fs';
import { join, relative } from 'path';
import * as ts from 'typescript';

const SOURCE = join(__dirname, '../../src');
/** Views in output cells have no translator: they are standalone modules, for other front ends too. */
const WITHOUT_TRANSLATOR = ['widgets/', 'view/onnx/'];
/** What is read aloud or seen: attributes, properties of elements and of commands. */
const SEEN = new Set([
  'title',
  'aria-label',
  'alt',
  'placeholder',
  'label',
  'caption',
  'textContent',
  'ariaLabel'
]);
const COLLECTED = new Set(['__', '_n', '_p', '_np', 'gettext']);

/** What somebody types is the same in every language: a magic, a tag. */
const TYPED = /^(?:%|\w+=\w+$)/;

/** Whether a text has a word to translate; signs and units alone have none. */
function hasWord(text: string): boolean {
  return /\p{L}{2,}/u.test(text) && !TYPED.test(text);
}

/** Say which texts of a source file are seen and not translated. */
function untranslated(text: string, name = 'view.tsx'): readonly string[] {
  const found: string[] = [];
  const tell = (node: ts.Node, shown: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${name}:${line + 1} ${shown.trim()}`);
  };
  const check = (value: ts.Node | undefined) => {
    if (value && ts.isJsxExpression(value)) {
      check(value.expression);
    } else if (value && ts.isConditionalExpression(value)) {
      [value.whenTrue, value.whenFalse].forEach(check);
    } else if (value && ts.isStringLiteralLike(value) && hasWord(value.text)) {
      tell(value, value.text);
    } else if (value && ts.isTemplateExpression(value)) {
      [value.head, ...value.templateSpans.map(span => span.literal)]
        .filter(part => hasWord(part.text))
        .forEach(part => tell(part, part.text));
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && hasWord(node.text)) {
      tell(node, node.text);
    } else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) {
      check(node);
    } else if (ts.isJsxAttribute(node) && SEEN.has(node.name.getText())) {
      check(node.initializer);
    } else if (ts.isPropertyAssignment(node) && SEEN.has(node.name.getText())) {
      check(node.initializer);
    } else if (ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left)) {
      if (node.operatorToken.kind === ts.SyntaxKind.EqualsToken && SEEN.has(node.left.name.text)) {
        check(node.right);
      }
    } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [first, second] = node.arguments;
      if (
        node.expression.name.text === 'setAttribute' &&
        SEEN.has(first && ts.isStringLiteral(first) ? first.text : '')
      ) {
        check(second);
      }
      if (COLLECTED.has(node.expression.name.text) && first && !ts.isStringLiteralLike(first)) {
        tell(node, `${node.getText()} is no literal`);
      }
    }
    ts.forEachChild(node, visit);
  };
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.ES2020, true, ts.ScriptKind.TSX);
  visit(file);
  return found;
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder)
    .map(name => join(folder, name))
    .flatMap(path => (statSync(path).isDirectory() ? sources(path) : /\.tsx?$/.test(path) ? [path] : []));
}

it('finds texts that are seen and not translated', () => {
  expect(untranslated('<p title="Open it">Runs {count > 1 ? "many" : trans.__("One")}</p>')).toEqual([
    'view.tsx:1 Open it',
    'view.tsx:1 Runs',
    'view.tsx:1 many'
  ]);
  expect(untranslated('node.textContent = `Run ${name}`;\nnode.setAttribute("aria-label", "Log");')).toEqual([
    'view.tsx:1 Run',
    'view.tsx:2 Log'
  ]);
  expect(untranslated('add({ label: "Stop", id: "stop" });\ntrans.__(words);')).toEqual([
    'view.tsx:1 Stop',
    'view.tsx:2 trans.__(words) is no literal'
  ]);
  expect(untranslated('<p className="mlops-Row" title={trans.__("Open")}>✕ · 1 s {name}</p>')).toEqual([]);
});

it('there are none', () => {
  const files = sources(SOURCE).filter(
    path => !WITHOUT_TRANSLATOR.some(each => relative(SOURCE, path).startsWith(each))
  );
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(path => untranslated(readFileSync(path, 'utf8'), relative(SOURCE, path)))).toEqual([]);
});
