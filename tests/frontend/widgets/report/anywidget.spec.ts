import { IWhatIfAnswer } from '../../../../src/api/types';
import { anyWidget } from '../../../../src/widgets/report/anywidget';
import { IReportHost } from '../../../../src/widgets/report/host';
import messages from '../../reports/what_if_messages.json';

/** What the kernel side has of a widget. */
class Model {
  readonly sent: unknown[] = [];
  readonly listeners = new Set<(content: unknown) => void>();

  constructor(private readonly _traits: Readonly<Record<string, unknown>>) {}

  get(name: string): unknown {
    return this._traits[name];
  }

  send(content: unknown): void {
    this.sent.push(content);
  }

  on(_event: string, callback: (content: unknown) => void): void {
    this.listeners.add(callback);
  }

  off(_event: string, callback: (content: unknown) => void): void {
    this.listeners.delete(callback);
  }
}

function rendered(model: Model) {
  const seen: { data?: unknown; host?: IReportHost; disposed?: true } = {};
  const show = (_: HTMLElement, data: unknown, host: IReportHost) => {
    Object.assign(seen, { data, host });
    return { dispose: () => (seen.disposed = true) };
  };
  const end = anyWidget(show as never).render({ model, el: document.createElement('div') });
  return { seen, end };
}

it('asks over the widget’s own channel where somebody answers', async () => {
  const model = new Model({ report: '{"version":1}', what_if: true });
  const { seen, end } = rendered(model);
  expect(seen.data).toEqual({ version: 1 });
  const answer: Promise<IWhatIfAnswer> = seen.host!.asker!.ask(messages.question);
  expect(model.sent).toEqual([messages.question]);
  model.listeners.forEach(listener => listener(messages.answers[0]));
  expect(await answer).toEqual(messages.answers[0]);
  end();
  expect([model.listeners.size, seen.disposed]).toEqual([0, true]);
});

it.each([{ what_if: false }, {}])('asks nobody with %j', traits => {
  expect(rendered(new Model({ report: 'no JSON', ...traits })).seen).toMatchObject({
    data: null,
    host: { asker: undefined }
  });
});
