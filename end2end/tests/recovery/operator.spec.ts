/** Who has lost everything asks the people who run the server, and they run `keymend user reset` beside it. */
import { expect, test } from '../../fixtures/index.ts';

const NEW = 'an entirely different passphrase';

test('the operator lets somebody in again: one sign-in with what was handed over, then a password of one’s own and a new passkey', async ({
  app,
  person,
  anotherDevice,
  operator,
  expectAccessible,
}) => {
  await person.signUp();
  const printed = await operator('user', 'reset', person.identifier);
  expect(printed).toContain(`${person.identifier} is signed out everywhere`);
  const handedOver = /^ {4}(\S+)$/m.exec(printed)?.[1] ?? '';
  expect(handedOver).toMatch(/^(\w{4}-){3}\w{4}$/);

  // Whoever was in is out.
  await app.open('/dashboard');
  await app.identify.isShown();

  const { app: there, device } = await anotherDevice({ platform: 'windows' });
  const again = person.in(there);
  await again.startSignIn();
  await again.enterPassword(handedOver);
  await there.changePassword.isShown();
  await there.reacts();
  await expect(there.main).toContainText('let you in again');
  await expect(there.changePassword.currentPassword).toHaveCount(0);
  await expect(there.changePassword.back).toHaveCount(0);
  await expectAccessible(there);
  // There is no way past it.
  for (const path of ['/dashboard', '/account', '/sign-in'] as const) {
    await there.open(path);
    await there.changePassword.isShown();
  }
  await there.changePassword.newPassword.fill('short');
  await there.changePassword.change.click();
  await expect(there.changePassword.alert).toBeVisible();
  await there.changePassword.newPassword.fill(NEW);
  await there.changePassword.change.click();

  // What was handed over and the new password are two proofs, which is what a new passkey takes.
  await again.createPasskey();
  await there.dashboard.hasPasskeys(2);
  expect(device.passkeys()).toHaveLength(1);
  await again.signOut();
  await again.signIn();

  // It was good once; the new one is good.
  const { app: elsewhere } = await anotherDevice({ platform: 'windows' });
  const later = person.in(elsewhere);
  await later.startSignInWithPassword();
  await later.enterPassword(handedOver);
  await expect(elsewhere.enterPassword.alert).toBeVisible();
  await later.enterPassword(NEW);
  await elsewhere.confirm.isShown();
});

test('for an identifier that nobody has the operator is told so, in one line', async ({ operator, person }) => {
  await expect(operator('user', 'reset', person.identifier)).rejects.toThrow(`keymend: nobody is called ${person.identifier}`);
});
