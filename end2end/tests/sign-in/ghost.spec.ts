/**
 * An identifier that nobody has meets an imaginary account: same steps, same words, same refusal. Whether that account has a
 * passkey, and of which provider, is decided by a secret of the server; on a server of its own, where everybody has a passkey,
 * most imaginary accounts have one too.
 */
import type { App, Device, Fixtures, Person } from '../../fixtures/index.ts';
import { Person as People, expect, test } from '../../fixtures/index.ts';
import type { OwnServer } from '../../fixtures/own-server.ts';

/** What a screen says, without who it is about. */
async function words(app: App, who: Person): Promise<string> {
  return (await app.main.innerText()).replaceAll(who.identifier, '…');
}

/** A server where one account exists, with a passkey; this browser, signed out again, talks to it. */
async function everybodyHasAPasskey({ app, person, ownServer }: Pick<Fixtures, 'app' | 'person' | 'ownServer'>): Promise<OwnServer> {
  const server = await ownServer();
  app.useServer(server);
  await person.signUp();
  await person.signOut();
  return server;
}

/** Nobody with one passkey, which is asked for at once: the kind that `person` has. Of all imaginary accounts about every third. */
async function ghostAskedAtOnce(app: App): Promise<Person> {
  for (let n = 0; n < 40; n += 1) {
    const ghost = People.unknown(app, 'ghost');
    const answer = app.page.waitForResponse('**/api/sign-in/identify');
    await ghost.startSignIn();
    const { screen } = (await (await answer).json()) as { screen: { UsePasskey?: { ceremony: { auto: boolean; options: string } } } };
    await expect(app.identify.heading).toHaveCount(0);
    const ceremony = screen.UsePasskey?.ceremony;
    if (!ceremony?.auto) continue;
    const { allowCredentials } = JSON.parse(ceremony.options) as { allowCredentials: unknown[] };
    if (allowCredentials.length === 1) return ghost;
  }
  throw new Error('No imaginary account is asked for its passkey at once.');
}

/** Two failures, a wrong password, and a second visit: everything that is said on the way. */
async function saidOnTheWay(app: App, device: Device, who: Person): Promise<string[]> {
  const said: string[] = [];
  const note = async () => said.push(await words(app, who));
  const prompt = device.holdNextPrompt();
  await who.startSignIn();
  await prompt.shown;
  await expect(app.main).toHaveAttribute('data-waiting');
  await note();
  prompt.dismiss();
  await expect(app.usePasskey.tryAgain).toBeVisible();
  await note();
  device.dismissNext();
  await app.usePasskey.tryAgain.click();
  await app.enterPassword.isShown();
  await note();
  await app.enterPassword.submit('certainly not the password');
  await expect(app.enterPassword.alert).toBeVisible();
  await note();
  await who.startSignIn();
  await app.enterPassword.isShown();
  await note();
  return said;
}

test('a wrong password is refused in the same words', async ({ app, device, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  // Where a passkey is asked for, the prompt is left alone.
  device.neverSettles({ abortable: true });
  const refused = async (who: Person) => {
    await who.startSignIn();
    await expect(app.main).toHaveAttribute('data-step', /use-passkey|enter-password/);
    if ((await app.step()) === 'use-passkey') await app.usePasskey.usePassword.click();
    await app.enterPassword.submit('certainly not the password');
    await expect(app.enterPassword.alert).toBeVisible();
    return words(app, who);
  };
  const real = await refused(person);
  for (let n = 0; n < 3; n += 1) expect(await refused(People.unknown(app, 'ghost'))).toBe(real);
});

test('an imaginary passkey fails as a real one does, word by word', async ({ app, device, person, ownServer, anotherDevice }) => {
  const server = await everybodyHasAPasskey({ app, person, ownServer });
  device.neverSettles({ abortable: true });
  const ghost = await ghostAskedAtOnce(app);

  // Both from a browser that knows neither.
  const said: string[][] = [];
  for (const who of [person, ghost]) {
    const there = await anotherDevice();
    there.app.useServer(server);
    said.push(await saidOnTheWay(there.app, there.device, who.in(there.app)));
    expect(there.device.prompts.map((prompt) => prompt.listed.length > 0)).toEqual([true, true]);
  }
  expect(said[1]).toEqual(said[0]);
});

test('the same unknown identifier is answered the same way in every browser', async ({ app, device, person, ownServer, anotherDevice }) => {
  const server = await everybodyHasAPasskey({ app, person, ownServer });
  device.neverSettles({ abortable: true });
  const ghost = await ghostAskedAtOnce(app);
  await expect.poll(() => device.prompts.at(-1)).toMatchObject({ kind: 'get', outcome: 'open' });

  const other = await anotherDevice();
  other.app.useServer(server);
  const prompt = other.device.holdNextPrompt();
  await ghost.in(other.app).startSignIn();
  await prompt.shown;
  expect(other.device.prompts.at(-1)?.listed).toEqual(device.prompts.at(-1)?.listed);
});

test('somebody who signs up after being a ghost with two strikes starts without them', async ({ app, device, person, ownServer }) => {
  await everybodyHasAPasskey({ app, person, ownServer });
  device.neverSettles({ abortable: true });
  const ghost = await ghostAskedAtOnce(app);
  device.settlesAgain();
  await ghost.failTwice();
  await ghost.startSignIn();
  await app.enterPassword.isShown();

  await ghost.signUp();
  await ghost.signOut();
  await ghost.signIn();
});
