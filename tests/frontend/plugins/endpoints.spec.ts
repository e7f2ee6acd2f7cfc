import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';

import { CommandIDs } from '../../../src/commands';
import { endpointsPlugin } from '../../../src/plugins/endpoints';
import { explorerFooterPlugin } from '../../../src/plugins/explorerFooter';
import { IExplorerFooter } from '../../../src/tokens';
import { ExplorerFooter } from '../../../src/view/explorerFooter';
import { EndpointTab } from '../../../src/view/endpoints/endpointTab';
import { FakeServer } from '../fakes';

type Tab = MainAreaWidget<EndpointTab>;

function story() {
  const commands = new CommandRegistry();
  const tabs: Tab[] = [];
  const activated: string[] = [];
  const sections: [Widget, number][] = [];
  const restored: { command: string; args: (tab: Tab) => unknown; name: (tab: Tab) => string }[] = [];
  const app = {
    commands,
    serviceManager: { serverSettings: new FakeServer(() => []).settings },
    shell: { add: (tab: Tab) => tabs.push(tab), activateById: (id: string) => activated.push(id) }
  };
  const footer = { addSection: (section: Widget, rank: number) => sections.push([section, rank]) };
  void endpointsPlugin.activate(
    app as unknown as JupyterFrontEnd,
    footer as unknown as IExplorerFooter,
    null,
    { restore: async (_: unknown, wish: never) => void restored.push(wish) }
  );
  return { commands, tabs, activated, sections, restored };
}

describe('the endpoints in JupyterLab', () => {
  it('are a section below the runs', () => {
    expect(story().sections.map(([, rank]) => rank)).toEqual([20]);
    expect(explorerFooterPlugin.activate({} as JupyterFrontEnd)).toBeInstanceOf(ExplorerFooter);
  });

  it('open in a tab each, once', async () => {
    const { commands, tabs, activated, restored } = story();

    await commands.execute(CommandIDs.openEndpoint, { name: 'cancer' });
    await commands.execute(CommandIDs.openEndpoint, { name: 'cancer' });
    await commands.execute(CommandIDs.openEndpoint, { name: 'other' });

    expect(tabs.map(tab => tab.title.label)).toEqual(['cancer', 'other']);
    expect(activated).toEqual(['cancer', 'cancer', 'other'].map(name => `jupyter-mlops-endpoint-${name}`));
    expect(restored.map(each => [each.command, each.args(tabs[0]!), each.name(tabs[0]!)])).toEqual([
      [CommandIDs.openEndpoint, { name: 'cancer' }, 'cancer']
    ]);
    tabs.forEach(tab => tab.dispose());
  });

  it.each(['', '../x', 'a/b', 7, null, '<b>'])('of the name %p are none', async name => {
    const { commands, tabs } = story();

    await commands.execute(CommandIDs.openEndpoint, { name });

    expect(tabs).toEqual([]);
  });
});
