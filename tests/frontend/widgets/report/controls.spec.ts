import { boxes, radios, select } from '../../../../src/widgets/report/controls';
import { figureTable } from '../../../../src/widgets/report/figureTable';
import { linePath, plot, ticksOf } from '../../../../src/widgets/report/plot';
import { scaleOf } from '../../../../src/widgets/report/scale';
import { symbolKey } from '../../../../src/widgets/report/symbols';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { choose, place, press, texts } from '../reader';

const OPTIONS = [
  { value: '0', label: 'best' },
  { value: '1', label: '<b>last</b>' }
];

describe('what a reader chooses with', () => {
  const chosen: unknown[] = [];
  let here: HTMLElement;
  beforeEach(() => {
    chosen.splice(0);
    here = place();
  });

  it('is a list with a label', () => {
    here.append(select('Metric', OPTIONS, '1', value => chosen.push(value)));
    expect(here.querySelector('select')!.value).toBe('1');
    choose(here, 'Metric', 'best');
    expect(chosen).toEqual(['0']);
  });

  it('is a group of boxes of which one stays on', () => {
    here.append(boxes('Models', OPTIONS, new Set(['0', '1']), values => chosen.push([...values])));
    expect(here.firstElementChild!.getAttribute('aria-label')).toBe('Models');
    press(here, 'best');
    expect(press(here, '<b>last</b>').checked).toBe(true);
    expect(chosen).toEqual([['1']]);
  });

  it('is a group of radio buttons that share nothing with other groups', () => {
    here.append(
      radios('Method', OPTIONS, '0', value => chosen.push(value)),
      radios('Method', OPTIONS, '0', () => undefined)
    );
    press(here.firstElementChild!, '<b>last</b>');
    const states = [...here.querySelectorAll('input')].map(input => input.checked);
    expect([chosen, states]).toEqual([['1'], [false, true, true, false]]);
  });

  it('rests JupyterLab’s shortcuts', () => {
    here.append(select('Metric', OPTIONS, '0', () => undefined));
    expect(here.querySelector('select')!.hasAttribute('data-lm-suppress-shortcuts')).toBe(true);
  });
});

describe('the table under a chart', () => {
  function opened(count: number): HTMLDetailsElement {
    const rows = [...Array(count).keys()].map(index => [`row ${index}`, String(index)]);
    const box = figureTable(
      ENGLISH,
      'Figures',
      [
        ['name', false],
        ['figure', true]
      ],
      rows
    ) as HTMLDetailsElement;
    place().append(box);
    expect(box.querySelector('table')).toBeNull();
    box.open = true;
    box.dispatchEvent(new Event('toggle'));
    return box;
  }

  it('is made when it is opened', () => {
    const box = opened(2);
    expect(texts(box, 'summary, th, td')).toEqual([
      'Table: 2 rows',
      'name',
      'figure',
      'row 0',
      '0',
      'row 1',
      '1'
    ]);
    expect(box.querySelector('table')!.getAttribute('aria-label')).toBe('Figures');
  });

  it('is made once', () => {
    const box = opened(2);
    box.dispatchEvent(new Event('toggle'));
    expect(box.querySelectorAll('table')).toHaveLength(1);
  });

  it('says where it ends early', () => {
    const box = opened(1001);
    expect(box.querySelectorAll('tbody tr')).toHaveLength(1000);
    expect(texts(box, 'p')).toEqual(['The first 1000 rows; all are in the report’s file.']);
  });
});

describe('a picture', () => {
  it('has a name for screen readers, and its axes for the others', () => {
    const scale = scaleOf([0, 1]);
    const ticks = ticksOf(scale);
    const node = plot({
      label: 'a against b',
      across: ticks,
      up: [],
      acrossTitle: 'b',
      upTitle: 'a',
      height: 9
    });
    const svg = node.querySelector('svg')!;
    expect([svg.getAttribute('role'), svg.getAttribute('aria-label')]).toEqual(['img', 'a against b']);
    expect(texts(node, '[aria-hidden]')).toEqual(['a', '', '00.20.40.60.81', 'b']);
  });

  it('has a hole where a line has no figure', () => {
    expect(
      linePath([
        [0, 0],
        [10, 50],
        [null, 3],
        [20, 100]
      ])
    ).toBe('M0.00 100.00L10.00 50.00M20.00 0.00');
  });

  it('marks a model by form as well as by colour, and the mitigated one by a hole', () => {
    const marks = [symbolKey(0, false), symbolKey(1, true)].map(each => each.querySelector('path')!);
    expect(marks.map(each => each.getAttribute('class'))).toEqual([
      'mlops-Symbol mlops-mod-series0',
      'mlops-Symbol mlops-mod-series1 mlops-mod-hollow'
    ]);
    expect(marks[0]!.getAttribute('d')).not.toBe(marks[1]!.getAttribute('d'));
  });
});
