/**
 * An identifier that nobody has meets an imaginary account: same steps, same words, same refusal. Whether that account has a
 * passkey is decided by a secret of the server, so the tests compare it with a real account of the same kind.
 */
import type { App, Person } from '../../fixtures/index.ts';
import { Person as People, expect, test } from '../../fixtures/index.ts';

const GHOSTS = 8;

/** What a screen says, without who it is about. */
async function words(app: App, who: Person): Promise<string> {
  return (await app.main.innerText()).replaceAll(who.identifier, '…');
}

/** Goes on to the password and enters one; true when a passkey was asked for on the way. */
async function enterWrongPassword(app: App, who: Person): Promise<void> {
  await who.startSignInWithPassword();
  await app.enterPassword.submit('certainly not the password');
  await expect(app.enterPassword.alert).toBeVisible();
}

test('a wrong password is refused in the same words', async ({ app, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await enterWrongPassword(app, person);
  const real = await words(app, person);
  for (let n = 0; n < GHOSTS; n += 1) {
    const ghost = People.unknown(app, 'ghost');
    await enterWrongPassword(app, ghost);
    expect(await words(app, ghost)).toBe(real);
  }
});

test('an imaginary passkey fails as a real one does, step by step', async ({ app, device, person, anotherDevice }) => {
  await person.signUp();
  const { app: elsewhere } = await anotherDevice();
  const stranger = person.in(elsewhere);
  await stranger.failTwice();
  const real = await words(elsewhere, stranger);

  // A ghost in a browser that knows nothing either; some have a passkey, some have none.
  const seen = new Set<string | null>();
  for (let n = 0; n < GHOSTS; n += 1) {
    const ghost = People.unknown(app, 'ghost');
    await app.page.context().clearCookies();
    const before = device.prompts.length;
    await ghost.startSignIn();
    await expect(app.main).toHaveAttribute('data-step', /use-passkey|enter-password/);
    const step = await app.step();
    seen.add(step);
    if (step === 'use-passkey') {
      await expect(app.usePasskey.usePassword).toBeEnabled();
      await expect(app.usePasskey.tryAgain.or(app.usePasskey.start)).toBeVisible();
      if (await app.usePasskey.start.isVisible()) {
        await app.usePasskey.start.click();
        await expect(app.usePasskey.tryAgain).toBeVisible();
      }
      await app.usePasskey.tryAgain.click();
      await app.enterPassword.isShown();
      expect(await words(app, ghost)).toBe(real);
      expect(device.prompts[before]!.listed.length).toBeGreaterThan(0);
    }
    await ghost.startSignIn();
    await expect(app.main).toHaveAttribute('data-step', 'enter-password');
  }
  expect([...seen], 'kinds of ghosts').toContain('enter-password');
});

test('the same unknown identifier is answered the same way twice', async ({ app, anotherDevice }) => {
  const { app: elsewhere } = await anotherDevice();
  for (let n = 0; n < GHOSTS; n += 1) {
    const ghost = People.unknown(app, 'ghost');
    await ghost.startSignIn();
    await expect(app.main).toHaveAttribute('data-step', /use-passkey|enter-password/);
    await ghost.in(elsewhere).startSignIn();
    await expect(elsewhere.main).toHaveAttribute('data-step', (await app.step())!);
  }
});

test('somebody who signs up after being a ghost starts without strikes', async ({ app, person }) => {
  await person.startSignIn();
  await expect(app.main).toHaveAttribute('data-step', /use-passkey|enter-password/);
  await person.signUp();
  await person.signOut();
  await person.signIn();
});
