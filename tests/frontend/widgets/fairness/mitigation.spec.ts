import { IFairnessReport } from '../../../../src/api/types';
import { show } from '../../../../src/widgets/fairness';
import { mitigationsOf } from '../../../../src/widgets/fairness/mitigation';
import { ICells, IKernelState } from '../../../../src/widgets/report/host';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { fairnessReport, metric, model } from '../fairnessReports';
import { choose, place, texts } from '../reader';

function mitigable(more: Partial<IFairnessReport> = {}): IFairnessReport {
  const [best, last] = [model('best'), model('last', 'ThresholdOptimizer')];
  const mitigations = ['ThresholdOptimizer', 'GridSearch'];
  return fairnessReport({ models: [{ ...best, mitigations }, last], ...more });
}

class Cells implements ICells {
  problem = '';
  readonly ran: string[] = [];
  readonly listeners = new Set<() => void>();

  state: IKernelState | Error = { isLoaded: true, missing: [] };
  readonly looked: string[][] = [];

  async look(names: readonly string[]): Promise<IKernelState> {
    this.looked.push([...names]);
    if (this.state instanceof Error) {
      throw this.state;
    }
    return this.state;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async run(...codes: readonly string[]): Promise<void> {
    this.ran.push(...codes);
  }

  become(problem: string): void {
    this.problem = problem;
    this.listeners.forEach(listener => listener());
  }
}

function shown(report: IFairnessReport, cells?: Cells): HTMLElement {
  const node = place();
  show(node, report, { words: ENGLISH, cells });
  return node;
}

/** Before and after on the same axes, as the report was asked for. */
const AFTER =
  '%fairness best -X Xte -y yte -s sex,race --metrics selection_rate,accuracy_score --boot 1000 --compare last,mitigated';

const settled = () => new Promise(resolve => setTimeout(resolve));
const button = (node: HTMLElement) => node.querySelector<HTMLButtonElement>('button')!;
const said = (node: HTMLElement) => texts(node, '[role=status]').join();

describe('what can be done about a gap', () => {
  it('is what fits the models, as a line that writes the run', () => {
    expect(mitigationsOf(mitigable())).toEqual([
      {
        model: 'best',
        mitigator: 'ThresholdOptimizer',
        names: ['best', 'Xte'],
        code: '%fairness best -X Xte -y yte -s sex,race --boot 0 --mitigate ThresholdOptimizer',
        after: AFTER
      },
      {
        model: 'best',
        mitigator: 'GridSearch',
        names: ['best', 'Xte'],
        code: '%fairness best -X Xte -y yte -s sex,race --boot 0 --mitigate GridSearch',
        after: AFTER
      }
    ]);
  });

  it('asks again as it was asked before, but for what a mitigated model does not answer', () => {
    const { metrics } = fairnessReport();
    const [job] = fairnessReport().sensitive;
    const report = mitigable({
      metrics: [...metrics, metric('roc_auc_score')],
      control: [{ ...job!, name: 'full time' }],
      min_group: 10,
      bootstrap: null
    });
    expect(mitigationsOf(report)[0]!.code).toContain(' --min-group 10 ');
    expect(mitigationsOf(report)[0]!.after).toBe(
      "%fairness best -X Xte -y yte -s sex,race --metrics selection_rate,accuracy_score --control 'full time' --min-group 10 --boot 0 --compare last,mitigated"
    );
  });

  it('weighs the rows as before, and does nothing where nobody knows how', () => {
    const data = { X: 'Xte', y: 'yte' };
    const [found] = mitigationsOf(
      mitigable({ weighted: true, data: { ...data, weights: 'weight at birth' } })
    );
    expect(
      [found!.code, found!.after].every(line => line.includes(" -s sex,race --weights 'weight at birth' --"))
    ).toBe(true);
    expect(mitigationsOf(mitigable({ weighted: true, data }))).toEqual([]);
  });

  it('keeps what was mitigated before by its run, and leaves out what no line can name', () => {
    const [best] = mitigable().models;
    const before = { ...model('mitigated', 'GridSearch'), run_id: 'a'.repeat(32) };
    const evil = { ...model('x; !rm'), run_id: '{evil}' };
    const last = { ...model('last'), run_id: 'b'.repeat(32) };
    const report = mitigable({ models: [best!, before, last, evil] });
    expect(mitigationsOf(report)[0]!.after).toContain(' --compare aaaaaaaa,bbbbbbbb,mitigated');
    const odd = mitigable({
      metrics: [metric('accuracy score: a')],
      control: [{ ...report.sensitive[0]!, name: '$x' }]
    });
    expect(mitigationsOf(odd)[0]!.after).toBe(
      '%fairness best -X Xte -y yte -s sex,race --boot 1000 --compare last,mitigated'
    );
  });

  it('names a model whose word is no name by its run, which binds it', () => {
    const run_id = 'c'.repeat(32);
    const report = mitigable({
      models: [{ ...model('last~1'), run_id, mitigations: ['GridSearch'] }, model('other')]
    });
    expect(mitigationsOf(report)).toEqual([
      {
        model: 'last~1',
        mitigator: 'GridSearch',
        names: ['Xte'],
        code: '%fairness cccccccc -X Xte -y yte -s sex,race --boot 0 --mitigate GridSearch',
        after: AFTER.replace('best', 'cccccccc').replace('last', 'other')
      }
    ]);
  });

  it('quotes columns with blanks', () => {
    const sensitive = fairnessReport().sensitive.map(each => ({ ...each, name: `${each.name} at birth` }));
    expect(mitigationsOf(mitigable({ sensitive }))[0]!.code).toContain(
      "-s 'sex at birth,race at birth' --boot 0 --mitigate"
    );
  });

  it.each(['race🌍', 'age (years)', 'sex/gender', 'income <b>€</b>', 'עברית', 'who?', '100%'])(
    'quotes a column called %j',
    name => {
      const [sex, race] = fairnessReport().sensitive;
      const report = mitigable({ sensitive: [sex!, { ...race!, name }] });
      expect(mitigationsOf(report)[0]!.code).toBe(
        name === 'עברית'
          ? `%fairness best -X Xte -y yte -s sex,${name} --boot 0 --mitigate ThresholdOptimizer`
          : `%fairness best -X Xte -y yte -s 'sex,${name}' --boot 0 --mitigate ThresholdOptimizer`
      );
    }
  );

  it.each([
    'a\n!rm -rf ~',
    '-x',
    '{evil()}',
    '$HOME',
    "a' --save x",
    'a;b',
    'a"b',
    'a\\',
    'a,b',
    '',
    ' a',
    'a ',
    'a\u2028b',
    'a\u202eb'
  ])('B24: is nothing where a column is called %j', name => {
    const [sex, race] = fairnessReport().sensitive;
    expect(mitigationsOf(mitigable({ sensitive: [sex!, { ...race!, name }] }))).toEqual([]);
  });

  it.each(['last~1', 'a b', '1a', 'a\n!rm', '{a}', 'a.', ''])('B24: is nothing where a name is %j', name => {
    expect(mitigationsOf(mitigable({ models: [{ ...model(name), mitigations: ['GridSearch'] }] }))).toEqual(
      []
    );
    expect(
      mitigationsOf(mitigable({ models: [{ ...model('best'), mitigations: [name.trim()] }] }))
    ).toHaveLength(0);
    expect(mitigationsOf(mitigable({ data: { X: name, y: 'yte' } }))).toEqual([]);
    expect(mitigationsOf(mitigable({ data: { X: 'Xte', y: name } }))).toEqual([]);
  });
});

describe('Mitigate', () => {
  it('is not there where nothing can be done', () => {
    const node = shown(fairnessReport(), new Cells());
    expect(node.querySelector('button')).toBeNull();
    expect(node.textContent).toContain('No mitigator fits \u2068best\u2069. “--mitigate');
  });

  it('says why, of each model', () => {
    const { models } = fairnessReport();
    const unmitigated = 'It works on outcomes of two classes, and this is a regression.';
    const node = shown(
      fairnessReport({ models: models.map(each => ({ ...each, unmitigated })) }),
      new Cells()
    );
    const said = [...node.querySelectorAll('p')].map(each => each.textContent ?? '');
    expect(said.filter(each => each.startsWith('No mitigator fits'))).toEqual(
      models.map(({ name }) => `No mitigator fits \u2068${name}\u2069. ${unmitigated}`)
    );
  });

  it.each([
    ['rows without a name', { data: { y: 'yte' } }],
    ['a model without one', { models: [{ ...model('last~1'), mitigations: ['GridSearch'] }, model('last')] }]
  ])('says what it needs for %s', (_, more) => {
    const node = shown(mitigable(more as Partial<IFairnessReport>), new Cells());
    expect(node.querySelector('button')).toBeNull();
    expect(node.textContent).toContain('Mitigating needs a line: %fairness with');
    expect(node.textContent).not.toContain('No mitigator fits');
  });

  it('asks the kernel for names without their attributes', () => {
    const report = mitigable({ data: { X: 'data.test.rows', y: 'yte' } });
    expect(mitigationsOf(report)[0]!.names).toEqual(['best', 'data']);
  });

  it('names the model by its run where the kernel has no such name, as after a restart', async () => {
    const run_id = 'd'.repeat(32);
    const report = mitigable();
    const [best, last] = report.models;
    const cells = new Cells();
    const node = shown({ ...report, models: [{ ...best!, run_id }, last!] }, cells);
    button(node).click();
    await settled();
    expect(cells.ran[0]).toContain('%fairness best -X Xte');
    cells.state = { isLoaded: true, missing: ['best'] };
    button(node).click();
    await settled();
    expect(cells.ran[2]).toContain('%fairness dddddddd -X Xte');
    cells.state = { isLoaded: true, missing: ['best', 'Xte'] };
    button(node).click();
    await settled();
    expect(cells.ran).toHaveLength(4);
    expect(said(node)).toBe('The kernel does not have Xte, as after a restart. Run the cells above first.');
  });

  it('loads the magics first in a kernel that was restarted', async () => {
    const cells = new Cells();
    cells.state = { isLoaded: false, missing: [] };
    button(shown(mitigable(), cells)).click();
    await settled();
    expect(cells.looked).toEqual([['best', 'Xte']]);
    expect(cells.ran[0]).toBe(
      '%load_ext jupyter_mlops\n%fairness best -X Xte -y yte -s sex,race --boot 0 --mitigate ThresholdOptimizer'
    );
    expect(cells.ran[1]).toBe(AFTER);
  });

  it('writes nothing where the kernel has not what it needs, and says what to run first', async () => {
    const cells = new Cells();
    cells.state = { isLoaded: false, missing: ['best', 'Xte'] };
    const node = shown(mitigable(), cells);
    button(node).click();
    expect(said(node)).toBe('The kernel is asked what it has; it answers when it is free.');
    button(node).click();
    await settled();
    expect([cells.ran, cells.looked.length]).toEqual([[], 1]);
    expect(said(node)).toBe(
      'The kernel does not have best, Xte, as after a restart. Run the cells above first.'
    );
    cells.state = { isLoaded: true, missing: [] };
    button(node).click();
    await settled();
    expect(cells.ran).toHaveLength(2);
  });

  it('says why the kernel told nothing, and can be pressed again', async () => {
    const cells = new Cells();
    cells.state = new Error('The kernel did not say what it has.');
    const node = shown(mitigable(), cells);
    button(node).click();
    await settled();
    expect([said(node), cells.ran]).toEqual(['The kernel did not say what it has.', []]);
    button(node).click();
    expect(cells.looked).toHaveLength(2);
  });

  it('writes the run that was chosen into the notebook, and says so', async () => {
    const cells = new Cells();
    const node = shown(mitigable(), cells);
    choose(node, 'Lessen the gap of', 'best by GridSearch');
    button(node).click();
    await settled();
    expect(cells.ran).toEqual([
      '%fairness best -X Xte -y yte -s sex,race --boot 0 --mitigate GridSearch',
      AFTER
    ]);
    cells.become('');
    expect(said(node)).toBe(
      'Below: the run that lessens the gap, as a cell to read, change and run again; then before and after on the same axes.'
    );
  });

  it('cannot be pressed without a kernel, and says why until it comes back', () => {
    const cells = new Cells();
    cells.problem = 'The kernel is gone.';
    const node = shown(mitigable(), cells);
    button(node).click();
    expect([button(node).disabled, said(node), cells.ran]).toEqual([true, 'The kernel is gone.', []]);
    cells.become('');
    expect([button(node).disabled, said(node)]).toEqual([false, '']);
    cells.become('Gone again.');
    expect(button(node).disabled).toBe(true);
  });

  it('cannot be pressed on a page of its own', () => {
    const node = shown(mitigable());
    expect([button(node).disabled, said(node)]).toEqual([
      true,
      'Mitigating needs the notebook, trusted and with its kernel.'
    ]);
  });

  it('listens no longer when the report is gone', () => {
    const cells = new Cells();
    const report = show(place(), mitigable(), { words: ENGLISH, cells });
    expect(cells.listeners.size).toBe(1);
    report.dispose();
    expect(cells.listeners.size).toBe(0);
  });
});
