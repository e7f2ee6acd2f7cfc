import React from 'react';

import { RunViewModel } from '../../../../src/model/runView';
import { RunView } from '../../../../src/view/run/runView';
import { FakeFeed, FakeManager, FakeServer, Refusal, run, runId } from '../../fakes';
import { IDrawn, draw, happened } from '../../render';
import { detail } from '../../runStories';
import { Scene } from '../../runScene';
import { explanationReport } from '../../widgets/explanationReports';
import { fairnessReport, manyGroups } from '../../widgets/fairnessReports';
import { rowTexts } from '../../widgets/reader';
import { onnxCard } from '../onnx/onnxReports';

const BOTH = { 'mlops.fairness': 'sex, race 1', 'mlops.explanation': 'ebm 1' };

/** A run with reports, looked at. */
class Story {
  readonly answers: Record<string, unknown> = {
    'reports/fairness.json': fairnessReport(),
    'reports/explanation.json': explanationReport(),
    'reports/onnx.json': onnxCard()
  };
  readonly asked: string[] = [];

  async open(
    tab: 'fairness' | 'explanation' | 'model',
    tags: Readonly<Record<string, string>> = BOTH
  ): Promise<IDrawn> {
    const server = new FakeServer(({ path, query }) => {
      if (path.endsWith('/artifacts/content')) {
        this.asked.push(query.get('path') ?? '');
        return this.answers[query.get('path') ?? ''];
      }
      return path.endsWith('/artifacts') ? { path: '', entries: [] } : detail(run(1, { tags }));
    });
    this.manager = new FakeManager(server);
    const model = new RunViewModel(runId(), this.manager, tab);
    const view = draw(<RunView model={model} around={new Scene(this.manager).around} />);
    await happened(() => new Promise(resolve => setTimeout(resolve)));
    return view;
  }

  get feed(): FakeFeed {
    return this.manager!.feeds[0]!;
  }

  manager: FakeManager | null = null;
}

it('has a tab for each report that the run keeps, and none without', async () => {
  const words = async (tags: Readonly<Record<string, string>>) =>
    (await new Story().open('fairness', tags)).all('tab').map(tab => tab.textContent);
  const all = await words(BOTH);
  expect(all.slice(all.indexOf('Fairness'))).toEqual(['Fairness', 'Explanation']);
  expect(await words({ 'mlops.explanation': 'ebm 1' })).not.toContain('Fairness');
  expect(await words({ fairness: 'of a user' })).not.toContain('Fairness');
});

it('draws the fairness report', async () => {
  const story = new Story();
  const view = await story.open('fairness');
  expect(story.asked).toEqual(['reports/fairness.json']);
  expect(rowTexts(view.node).map(row => row[0])).toContain('male · whiten = 6,410');
});

it('draws the explanation', async () => {
  const view = await new Story().open('explanation');
  expect(rowTexts(view.node)[0]).toEqual(['hours', '', '0.41 (0.37 to 0.45)']);
});

it('shows the export among the models, and that alone where no model was logged', async () => {
  const view = await new Story().open('model', { 'mlops.onnx': 'shop.onnx 1' });
  expect(view.one('tab', 'Model').getAttribute('aria-selected')).toBe('true');
  expect(view.text).toContain('Same model: 3,000 rows');
  expect(view.text).not.toContain('No model here');
  // It is the server's own report: its file may be asked for.
  expect(view.one('button', 'Try it here')).toHaveProperty('disabled', false);
});

it('shows all groups, also where they are more than a notebook can show', async () => {
  const story = new Story();
  story.answers['reports/fairness.json'] = manyGroups(10_000, 12);
  const view = await story.open('fairness');
  expect(view.node.querySelector('[aria-rowcount]')!.getAttribute('aria-rowcount')).toBe('10001');
});

it('reads the report again when the run gets another, and only then', async () => {
  const story = new Story();
  const view = await story.open('explanation');
  const told = async (tags: Readonly<Record<string, string>>) =>
    happened(() => story.feed.tell(run(1, { tags, status: 'RUNNING' })));
  await told(BOTH);
  expect(story.asked).toHaveLength(1);
  story.answers['reports/explanation.json'] = explanationReport({ model: 'another' });
  await told({ ...BOTH, 'mlops.explanation.data': 'cafe' });
  await happened(() => new Promise(resolve => setTimeout(resolve)));
  expect(story.asked).toHaveLength(2);
  expect(view.text).toContain('another · 474 rows');
  expect(view.node.querySelectorAll('.mlops-Explanation')).toHaveLength(1);
});

it('has the tab also where the run’s stream has not heard of the report yet', async () => {
  const story = new Story();
  const view = await story.open('fairness');
  await happened(() => story.feed.tell(run(1, { tags: {} })));
  await happened(() => new Promise(resolve => setTimeout(resolve)));
  expect(view.all('tab').map(tab => tab.textContent)).toContain('Fairness');
  expect(rowTexts(view.node).map(row => row[0])).toContain('male · whiten = 6,410');
});

it('says why there is none', async () => {
  const story = new Story();
  story.answers['reports/fairness.json'] = new Refusal(404, { message: 'There is no such file.', field: '' });
  const view = await story.open('fairness');
  expect(view.one('alert').textContent).toBe('The report cannot be read: There is no such file.');
});
