import { Panel, Widget } from '@lumino/widgets';
import React from 'react';

import { FooterWidget } from '../../../../src/view/footer/footerWidget';

/** A section in a sidebar that a story shows and hides. */
function story() {
  const looks: string[] = [];
  const sidebar = new Panel();
  const section = new FooterWidget(
    () => <p>drawn</p>,
    () => {
      looks.push('begin');
      return () => looks.push('end');
    }
  );
  sidebar.addWidget(section);
  return { looks, sidebar, section };
}

it('looks only while it is on the screen', () => {
  const { looks, sidebar, section } = story();
  sidebar.hide();
  Widget.attach(sidebar, document.body);
  expect(looks).toEqual([]);

  sidebar.show();
  expect(looks).toEqual(['begin']);
  sidebar.hide();
  sidebar.show();
  expect(looks).toEqual(['begin', 'end', 'begin']);

  section.dispose();
  expect(looks).toEqual(['begin', 'end', 'begin', 'end']);
  sidebar.dispose();
});

it('looks at once where it is attached to what is seen', () => {
  const { looks, sidebar } = story();
  Widget.attach(sidebar, document.body);
  expect(looks).toEqual(['begin']);
  sidebar.dispose();
  expect(looks).toEqual(['begin', 'end']);
});
