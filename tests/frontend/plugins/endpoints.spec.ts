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
import { answer, said } from '../desk';
import { endpoint } from '../endpoints';
import { FakeServer, settle } from '../fakes';

type Tab = MainAreaWidget<EndpointTab>;

function story(names: readonly string[] = []) {
  const commands = new CommandRegistry();
  const tabs: Tab[] = [];
  const activated: string[] = [];
  const sections: [Widget, number][] = [];
  const restored: { command: string; args: (tab: Tab) => unknown; name: (tab: Tab) => string }[] = [];
  const palette: string[] = [];
  const server = new FakeServer(({ path }) =>
    path === 'endpoints' ? names.map(name => endpoint(name)) : { text: `answer of ${path}` }
  );
  const shell = {
    currentWidget: null as Tab | null,
    add: (tab: Tab) => tabs.push(tab),
    activateById: (id: string) => {
      activated.push(id);
      shell.currentWidget = tabs.find(tab => tab.id === id) ?? null;
    }
  };
  const app = { commands, serviceManager: { serverSettings: server.settings }, shell };
  const footer = { addSection: (section: Widget, rank: number) => sections.push([section, rank]) };
  void endpointsPlugin.activate(
    app as unknown as JupyterFrontEnd,
    footer as unknown as IExplorerFooter,
    null,
    { restore: async (_: unknown, wish: never) => void restored.push(wish) },
    { addItem: ({ command }: { command: string }) => palette.push(command) } as never
  );
  return { commands, tabs, activated, sections, restored, palette, server };
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

  const commands = [
    CommandIDs.testEndpoint,
    CommandIDs.copyEndpointUrl,
    CommandIDs.copyEndpointCurl,
    CommandIDs.showEndpointLog,
    CommandIDs.rollBackEndpoint,
    CommandIDs.stopEndpoint
  ];

  it('offer all that can be done with them in the palette', () => {
    expect(story().palette).toEqual([CommandIDs.openEndpoint, ...commands]);
  });

  it.each(commands)('%s of what is no name, or of nothing, does nothing', async id => {
    const { commands, server, tabs } = story();
    await commands.execute(id, { name: '../x' });
    expect(server.asked).toEqual([]);
    await commands.execute(id);
    expect(said()).toEqual(['warning: No endpoints yet. In a notebook: %deploy best --to local -n NAME']);
    expect([server.asked.map(({ method }) => method), tabs]).toEqual([['GET'], []]);
  });

  it('show their log in their tab', async () => {
    const { commands, tabs } = story(['cancer']);
    await commands.execute(CommandIDs.showEndpointLog, { name: 'cancer' });
    expect(tabs.map(tab => tab.content.model.log)).toEqual(['answer of endpoints/cancer/log']);
    tabs.forEach(tab => tab.dispose());
  });

  it('are meant when their tab is shown', async () => {
    const { commands, tabs, server } = story(['a', 'b']);
    await commands.execute(CommandIDs.openEndpoint, { name: 'b' });
    await settle();
    const done = commands.execute(CommandIDs.stopEndpoint);
    expect(await answer('Stop')).toContain('b answers no more');
    await done;
    const posted = server.asked.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(posted).toEqual(['endpoints/b/stop']);
    tabs.forEach(tab => tab.dispose());
  });
});
