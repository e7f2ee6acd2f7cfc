/** The card of an export: the file, that it is the same model, how quick, how to use it, and a place to try it. */

import { IOnnxCard, IOnnxTensor } from '../../api/types';
import { Child, make, named } from '../../widgets/report/dom';
import { formatCount } from '../../widgets/report/estimates';
import { IReportHost, IShownReport } from '../../widgets/report/host';
import { refusal } from '../../widgets/report/refusal';
import { ENGLISH, IWords } from '../../widgets/report/words';
import { drawing } from './drawing';
import { readOnnx } from './readOnnx';
import {
  deployLine,
  headText,
  outsideTexts,
  repairText,
  sameText,
  shapeText,
  smallerTexts,
  speedText
} from './sentences';
import { TryIt } from './tryIt';

/** Show an export in a place, or why it cannot be shown. */
export function show(
  place: HTMLElement,
  data: unknown,
  host: IReportHost = { words: ENGLISH }
): IShownReport {
  const { report, problem } = readOnnx(data, host);
  if (!report) {
    const said = refusal(problem);
    place.append(said);
    return { dispose: () => said.remove() };
  }
  const tried = new TryIt(report, host);
  const card = cardOf(report, tried, host.words);
  place.append(card);
  return {
    dispose: () => {
      tried.dispose();
      card.remove();
    }
  };
}

function cardOf(card: IOnnxCard, tried: TryIt, words: IWords): HTMLElement {
  const differing = card.parity.real.differing + card.parity.edge.differing;
  const said = [
    repairText(card, words),
    sameText(card, words),
    ...card.latency.map(each => speedText(each, words)),
    ...smallerTexts(card, words),
    ...card.notes
  ];
  return make(
    'section',
    { class: 'mlops-Report mlops-OnnxCard', 'aria-label': words.__('Exported model') },
    make(
      'p',
      { class: 'mlops-OnnxCard-head' },
      make('span', { class: 'mlops-OnnxCard-mark', 'aria-hidden': 'true' }, differing ? '!' : '✓'),
      make('strong', {}, named(card.file)),
      make('span', { class: 'mlops-Report-head' }, headText(card, words))
    ),
    ...said.filter(Boolean).map(text => make('p', { class: 'mlops-Report-sentence' }, text)),
    tried.node,
    folded(words.__('Inputs and outputs'), tensors(card, words)),
    card.parity.domain.length ? folded(words.__('Not compared'), bullets(outsideTexts(card, words))) : null,
    card.graph ? folded(words.__('Graph'), drawing(card.graph, words)) : null,
    folded(words.__('Operators'), bullets(operatorTexts(card))),
    deployLine(card)
      ? folded(words.__('Deploy it'), make('pre', { tabindex: 0 }, make('code', {}, deployLine(card))))
      : null,
    ...Object.entries(card.usage).map(([language, code]) =>
      folded(words.__('Use it in %1', language), make('pre', { tabindex: 0 }, make('code', {}, code)))
    )
  );
}

function folded(title: string, content: HTMLElement): HTMLElement {
  return make('details', { class: 'mlops-OnnxCard-part' }, make('summary', {}, title), content);
}

function bullets(texts: readonly string[]): HTMLElement {
  return make('ul', {}, ...texts.map(text => make('li', {}, named(text))));
}

function operatorTexts(card: IOnnxCard): readonly string[] {
  return Object.entries(card.operators).map(([name, count]) => `${name}: ${formatCount(count)}`);
}

function tensors(card: IOnnxCard, words: IWords): HTMLElement {
  const row = (side: string, tensor: IOnnxTensor): HTMLElement =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, named(tensor.name)),
      make('td', {}, side),
      make('td', {}, make('code', {}, shapeText(tensor, words))),
      make('td', {}, whatText(tensor, words))
    );
  const heads = [words.__('name'), '', words.__('type'), words.__('what it is')];
  return make(
    'div',
    { class: 'mlops-Report-table' },
    make(
      'table',
      { 'aria-label': words.__('Inputs and outputs') },
      make('thead', {}, make('tr', {}, ...heads.map(head => make(head ? 'th' : 'td', {}, head)))),
      make(
        'tbody',
        {},
        ...card.inputs.map(tensor => row(words.__('goes in'), tensor)),
        ...card.outputs.map(tensor => row(words.__('comes out'), tensor))
      )
    )
  );
}

function whatText(tensor: IOnnxTensor, words: IWords): Child {
  if (tensor.method) {
    return tensor.columns.length
      ? named(words.__('%1: %2', tensor.method, tensor.columns.join(', ')))
      : tensor.method;
  }
  return tensor.columns.length ? named(tensor.columns.join(', ')) : words.__('your data');
}
