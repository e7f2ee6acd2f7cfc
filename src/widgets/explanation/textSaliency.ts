/** A text whose pieces are shaded by what they add: a line below says which way, so that colour alone tells nothing. */

import { IExplanationReport, ITextSaliency } from '../../api/types';
import { toNumber } from '../../model/format';
import { make, named } from '../report/dom';
import { figureTable } from '../report/figureTable';
import { IWords, isolated } from '../report/words';
import { signed } from './localChart';
import { outputTitle } from './shapeChart';

/** One piece with what it adds. */
interface IPiece {
  readonly token: string;
  readonly by: number;
}

/** Return the text, what it says, and its table. */
export function textSaliency(
  report: IExplanationReport,
  text: ITextSaliency,
  output: number,
  words: IWords
): readonly HTMLElement[] {
  const scores = text.scores[output] ?? [];
  const pieces = text.tokens.map((token, index) => ({ token, by: toNumber(scores[index] ?? 'NaN') }));
  const strongest = pieces
    .filter(({ token, by }) => Number.isFinite(by) && by !== 0 && token.trim() !== '')
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
  const most = Math.abs(strongest[0]?.by ?? 0);
  const name = report.features.names[text.feature] ?? '';
  const title = outputTitle(report, output, words);
  const rows = strongest.map(({ token, by }) => [named(token), signed(by)]);
  return [
    make('p', { class: 'mlops-Text', dir: 'auto', tabindex: 0 }, ...shadedPieces(pieces, most)),
    make('p', { class: 'mlops-Report-sentence' }, sentence(strongest, title, text.cut, words)),
    figureTable(
      words,
      words.__('What each piece of %1 adds', name),
      [
        [words.__('piece'), false],
        [title, true]
      ],
      rows
    )
  ];
}

/** The rest of a very long text is one piece: a page with as many elements as words would stand still. */
function shadedPieces(pieces: readonly IPiece[], most: number): readonly (Node | string)[] {
  const rest = pieces.slice(MOST_PIECES).map(({ token }) => token);
  return [...pieces.slice(0, MOST_PIECES).map(piece => shaded(piece, most)), rest.join('')];
}

const MOST_PIECES = 2000;

function shaded({ token, by }: IPiece, most: number): Node {
  if (!Number.isFinite(by) || by === 0 || most === 0 || token.trim() === '') {
    return document.createTextNode(token);
  }
  const way = by > 0 ? 'mlops-mod-raises' : 'mlops-mod-lowers';
  const piece = make('span', { class: `mlops-Text-piece ${way}`, title: signed(by) }, token);
  piece.style.setProperty('--mlops-share', `${Math.round((Math.abs(by) / most) * 100)}%`);
  return piece;
}

function sentence(strongest: readonly IPiece[], title: string, cut: number, words: IWords): string {
  const raising = strongest.find(({ by }) => by > 0);
  const lowering = strongest.find(({ by }) => by < 0);
  const said = ({ token, by }: IPiece) => [isolated(token), signed(by)] as const;
  return [
    strongest.length ? '' : words.__('No piece of the text changes the %1.', title),
    raising ? words.__('“%1” raises the %3 most (%2).', ...said(raising), title) : '',
    lowering ? words.__('“%1” lowers it most (%2).', ...said(lowering)) : '',
    strongest.length
      ? words.__('A straight line below raises, a wavy one lowers; the stronger the shade, the more.')
      : '',
    cut ? words._n('%1 more character is not shown.', '%1 more characters are not shown.', cut) : ''
  ]
    .filter(Boolean)
    .join(' ');
}
