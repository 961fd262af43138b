// SPDX-License-Identifier: EUPL-1.2
/** Single sign-on: a link that leaves, and a word that comes back. */

import assert from 'node:assert/strict';
import { desk, onDuty } from './stage.ts';
import * as world from '../world.ts';

desk('who is vouched for elsewhere leaves by a plain link', async ({ page, peer }) => {
  peer.offer.oidc = world.singleSignOn();
  await page.goto(peer.address);
  const link = page.getByRole('link', { name: 'Mit dem Landkreis Harburg anmelden' });
  assert.equal(await link.getAttribute('href'), '/api/openid/start');
  await page.getByText('oder mit Name und Kennwort').waitFor();
  // Nothing is asked of anybody before somebody wants to leave.
  assert.deepEqual([...new Set(peer.rest.map((it) => it.call))], ['GET /api/session', 'GET /api/sign-in']);
});

desk('who comes back without being signed in reads why, once and in both languages', async ({ page, peer }) => {
  peer.offer.oidc = { ...world.singleSignOn(), only_administrators: true };
  await page.goto(`${peer.address}/?sign_in=no-role`);
  await page.getByRole('alert').getByText('keine Ihrer Gruppen gehört zum Servicecenter').waitFor();
  await page.getByText('Nur für die Administration').waitFor();
  await page.getByLabel('Sprache').selectOption('en');
  await page.getByRole('alert').getByText('none of your groups belongs to the centre').waitFor();
  assert.equal(new URL(page.url()).search, '');
  await page.reload();
  await page.getByRole('link', { name: 'Sign in with' }).waitFor();
  assert.equal(await page.getByRole('alert').innerText(), '');
});

desk('a word that nobody agreed on says nothing', async ({ page, peer }) => {
  await page.goto(`${peer.address}/?sign_in=%3Cb%3Ehello`);
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  assert.equal(await page.getByRole('alert').innerText(), '');
});

desk('who signs out is led to where they are signed out as well', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  peer.leadsTo = `${peer.address}/signed-out-elsewhere`;
  await page.getByRole('button', { name: /Katharina Petersen|Person/ }).first().click();
  await page.getByRole('button', { name: 'Von dieser Seite abmelden' }).click();
  await page.waitForURL('**/signed-out-elsewhere');
});
