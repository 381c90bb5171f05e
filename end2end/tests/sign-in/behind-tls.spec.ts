/** As operators run it: https, under a name of its own, behind a proxy that ends TLS. */
import { expect, test } from '../../fixtures/index.ts';

test('behind a proxy that ends TLS people sign up, sign in, and mend their passkey', async ({ app, context, device, person, behindTls }) => {
  const hsts: (string | undefined)[] = [];
  context.on('response', (response) => {
    if (response.url().startsWith(behindTls.origin)) hsts.push(response.headers()['strict-transport-security']);
  });
  app.useServer(behindTls);
  await person.signUp();
  await person.signOut();
  await person.startSignIn();
  await app.dashboard.isShown();
  await person.signOut();

  await device.deletePasskeys();
  await person.failTwice();
  await person.enterPassword();
  await person.createPasskey();
  await app.dashboard.hasPasskeys(2);
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'create', outcome: 'ok' });

  const cookies = await context.cookies(behindTls.origin);
  const names = cookies.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['__Host-session', '__Host-browser']));
  for (const { name, secure, httpOnly, path } of cookies) expect([name.slice(0, 7), secure, httpOnly, path], name).toEqual(['__Host-', true, true, '/']);
  expect(hsts.length).toBeGreaterThan(20);
  expect(hsts.filter((value) => value === undefined)).toEqual([]);
});
