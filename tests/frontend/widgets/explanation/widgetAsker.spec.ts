import explanation from '../../../../src/widgets/explanation';
import { explanationReport } from '../explanationReports';
import { place, rowTexts, texts } from '../reader';
import { WidgetModel } from '../widgetModel';

const WHAT_IF = { channel: 'c', least: [0, 20, 'NaN'], most: [80, 60, 'NaN'], whole: [false, true, false] };
const RESTS =
  'The dials rest until the kernel that has the model answers. Where it was restarted, run the cell again.';

/** A widget that is shown, with the model that it asks over. */
function widget(whatIf: object | null = WHAT_IF) {
  const el = place();
  const model = new WidgetModel(JSON.stringify(explanationReport({ what_if: whatIf } as never)));
  const end = explanation.render({ model, el });
  const dial = el.querySelector<HTMLInputElement>('.mlops-Dial [aria-label="age"]');
  const state = () => [texts(el, '.mlops-Report-controls [role=status]').at(-1), dial!.disabled];
  const turn = (value: string) => {
    dial!.value = value;
    dial!.dispatchEvent(new Event('input'));
  };
  const answers = () => rowTexts(el.querySelector('[aria-label="What the model answers"]')!);
  return { el, model, end, dial, state, turn, answers };
}

it('rests until the kernel has said that the model is there', async () => {
  const { model, state } = widget();
  expect(model.sent).toEqual([{ request: 0, channel: 'c', row: null, changes: {} }]);
  expect(state()).toEqual([RESTS, true]);
  await model.answer();
  expect(state()).toEqual(['', false]);
});

it('asks over the messages of the widget, and shows the answer before and now', async () => {
  const { model, turn, answers, state } = widget();
  await model.answer();
  turn('50');
  expect(model.sent.slice(1)).toEqual([
    { request: expect.any(Number), channel: 'c', row: 0, changes: { 1: 50 } }
  ]);
  await model.answer({ predicted: [0.9] });
  expect(answers()).toEqual([['granted', '', '0.73 → 0.9 (+0.17)']]);
  turn('51');
  await model.answer({ problem: 'Payroll cannot read X.' });
  expect(state()).toEqual(['Payroll cannot read X.', false]);
});

it.each([
  [
    'the kernel has not, or no longer, what the report is about',
    { problem: 'Run the cell again.', gone: true }
  ],
  ['a newer kernel does not understand it', { problem: 'This is no question.' }]
])('rests where %s', async (_, answer) => {
  const { model, state } = widget();
  await model.answer(answer);
  expect(state()).toEqual([answer.problem, true]);
});

it('asks again whether the model is there when its kernel came or went', async () => {
  const { model, turn, answers, state } = widget();
  await model.answer();
  turn('50');
  await model.tell('comm_live_update');
  expect(state()).toEqual([RESTS, true]);
  expect(model.sent.map(each => each.row)).toEqual([null, 0, null]);
  await model.answer();
  expect([state(), answers()]).toEqual([['', false], [['granted', '', '0.73']]]);
});

it('rests where nothing can be sent', async () => {
  const { model, turn, state } = widget();
  await model.answer();
  model.throws = true;
  turn('50');
  await model.tell('comm_live_update');
  expect(state()).toEqual([RESTS, true]);
});

it('rests, and asks nobody, where the report came without its model', async () => {
  const { model, state } = widget({ channel: '', least: [], most: [], whole: [] });
  await model.tell('comm_live_update');
  expect(model.sent).toEqual([]);
  expect(state()).toEqual([
    'The report came without its model: “report_widget(report, model, X, y)” lets you ask it.',
    true
  ]);
});

it('B25: has no dials, and believes nothing, where the report is none', async () => {
  expect(widget(null).dial).toBeNull();
  const { model, state } = widget();
  for (const data of [null, 'x', {}, { request: 'x' }, { request: 99, problem: 'no' }]) {
    await model.tell('msg:custom', data);
  }
  expect(state()).toEqual([RESTS, true]);
});

it('hears nothing more when it goes', () => {
  const { el, model, end } = widget();
  end();
  expect([model.heard.size, el.childElementCount]).toEqual([0, 0]);
});
