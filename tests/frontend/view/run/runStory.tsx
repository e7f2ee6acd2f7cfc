/** A run view of which a story says what the server knows. */

import React from 'react';

import { IArtifactEntry, IRunDetail } from '../../../../src/api/types';
import { RunTab, RunViewModel } from '../../../../src/model/runView';
import { RunView } from '../../../../src/view/run/runView';
import { FakeFeed, FakeManager, FakeServer, IAsked, Refusal, runId, settle } from '../../fakes';
import { IDrawn, draw, happened } from '../../render';
import { Scene } from '../../runScene';
import { askedRun, series } from '../../runStories';

interface IKnown {
  readonly tab?: RunTab;
  /** The folders of its artifacts, by path. */
  readonly folders?: Readonly<Record<string, readonly IArtifactEntry[]>>;
  /** Entries of each folder that are not told. */
  readonly leftOut?: number;
  /** The files among them, by path. */
  readonly files?: Readonly<Record<string, Response | Refusal>>;
  /** Whatever else is asked. */
  readonly answer?: (asked: IAsked) => unknown;
}

/** See the module. */
export class RunStory {
  readonly manager = new FakeManager(new FakeServer(asked => this._answer(asked)));
  readonly scene = new Scene(this.manager);
  readonly model: RunViewModel;
  readonly view: IDrawn;

  private constructor(
    public detail: IRunDetail | Refusal,
    private readonly _known: IKnown
  ) {
    this.model = new RunViewModel(runId(), this.manager, _known.tab);
    this.view = draw(<RunView model={this.model} around={this.scene.around} />);
  }

  /** Open the view, and wait for the first answers. */
  static async open(detail: IRunDetail | Refusal, known: IKnown = {}): Promise<RunStory> {
    const story = new RunStory(detail, known);
    await story.settle();
    return story;
  }

  get feed(): FakeFeed {
    return this.manager.feeds[0]!;
  }

  /** Names of the tabs. */
  get tabs(): readonly string[] {
    return this.view.all('tab').map(tab => tab.textContent ?? '');
  }

  /** A table as rows of texts. */
  table(name: string): readonly (readonly string[])[] {
    const table = this.view.node.querySelector(`table[aria-label="${name}"]`);
    return [...(table?.querySelectorAll('tr') ?? [])].map(row =>
      [...row.children].map(cell => cell.textContent ?? '')
    );
  }

  async show(tab: RunTab): Promise<void> {
    await happened(() => this.model.setTab(tab));
    await this.settle();
  }

  async click(role: string, name: string | RegExp): Promise<void> {
    await happened(() => this.view.one(role, name).click());
    await this.settle();
  }

  async settle(): Promise<void> {
    await happened(settle);
  }

  private _answer(asked: IAsked): unknown {
    const { path, query } = asked;
    const own = this._known.answer?.(asked);
    if (own !== undefined) {
      return own;
    }
    if (path.endsWith('/artifacts')) {
      const path = query.get('path') ?? '';
      return { path, entries: this._known.folders?.[path] ?? [], left_out: this._known.leftOut ?? 0 };
    }
    if (path.endsWith('/content')) {
      return (
        this._known.files?.[query.get('path') ?? ''] ??
        new Refusal(404, { message: 'There is no such file.' })
      );
    }
    if (path.endsWith('/metrics')) {
      const keys = query.getAll('key');
      return {
        series: keys.map(key => series(key, [3, 1, 2], { run_id: askedRun(asked) })),
        total: keys.length
      };
    }
    if (path === 'runs') {
      return { runs: [], total: 0, offset: 0, cursor: 1, building: false };
    }
    return this.detail;
  }
}
