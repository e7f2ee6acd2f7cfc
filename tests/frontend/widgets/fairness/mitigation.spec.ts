import { IFairnessReport } from '../../../../src/api/types';
import { show } from '../../../../src/widgets/fairness';
import { mitigationsOf } from '../../../../src/widgets/fairness/mitigation';
import { ICells } from '../../../../src/widgets/report/host';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { fairnessReport, model } from '../fairnessReports';
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

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async run(code: string): Promise<void> {
    this.ran.push(code);
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

const button = (node: HTMLElement) => node.querySelector<HTMLButtonElement>('button')!;
const said = (node: HTMLElement) => texts(node, '[role=status]').join();

describe('what can be done about a gap', () => {
  it('is what fits the models, as a line that writes the run', () => {
    expect(mitigationsOf(mitigable())).toEqual([
      {
        model: 'best',
        mitigator: 'ThresholdOptimizer',
        code: '%fairness best -X Xte -y yte -s sex,race --mitigate ThresholdOptimizer'
      },
      {
        model: 'best',
        mitigator: 'GridSearch',
        code: '%fairness best -X Xte -y yte -s sex,race --mitigate GridSearch'
      }
    ]);
  });

  it('quotes columns with blanks', () => {
    const sensitive = fairnessReport().sensitive.map(each => ({ ...each, name: `${each.name} at birth` }));
    expect(mitigationsOf(mitigable({ sensitive }))[0]!.code).toContain(
      "-s 'sex at birth,race at birth' --mitigate"
    );
  });

  it.each(['a\n!rm -rf ~', '-x', '{evil()}', '$HOME', "a' --save x", 'a;b', 'a"b', 'a\\', 'a,b', ''])(
    'B24: is nothing where a column is called %j',
    name => {
      const [sex, race] = fairnessReport().sensitive;
      expect(mitigationsOf(mitigable({ sensitive: [sex!, { ...race!, name }] }))).toEqual([]);
    }
  );

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
    expect(shown(fairnessReport(), new Cells()).querySelector('button')).toBeNull();
  });

  it('writes the run that was chosen into the notebook, and says so', () => {
    const cells = new Cells();
    const node = shown(mitigable(), cells);
    choose(node, 'Lessen the gap of', 'best by GridSearch');
    button(node).click();
    expect(cells.ran).toEqual(['%fairness best -X Xte -y yte -s sex,race --mitigate GridSearch']);
    cells.become('');
    expect(said(node)).toBe('Below: the run that lessens the gap, as a cell to read, change and run again.');
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
