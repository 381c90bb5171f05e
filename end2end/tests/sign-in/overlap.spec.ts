/** A form that is submitted while an answer is still on its way is not lost, and goes nowhere else either. */
import type { Page } from '@playwright/test';

import { expect, test } from '../../fixtures/index.ts';

/** The next question to this address stays on its way until the test lets it go on. */
async function holdNext(page: Page, path: string): Promise<{ asked: Promise<void>; goOn: () => void }> {
  let reached!: () => void;
  let goOn!: () => void;
  const asked = new Promise<void>((done) => (reached = done));
  const released = new Promise<void>((done) => (goOn = done));
  await page.route(
    `**${path}`,
    async (route) => {
      reached();
      await released;
      await route.continue();
    },
    { times: 1 },
  );
  return { asked, goOn };
}

/** The addresses that the page asks from now on. */
function requestsOf(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(new URL(request.url()).pathname));
  return sent;
}

const REPORT = '/api/sign-in/report';

test.describe('a password, while the browser reports that the passkey did not work', () => {
  test.beforeEach(async ({ device, person }) => {
    await person.signUp();
    await person.signOut();
    await device.switchCloudAccount();
    await person.failTwice();
  });

  test('signs in as soon as the answer is there', async ({ app, page, person }) => {
    const report = await holdNext(page, REPORT);
    await app.enterPassword.usePasskey.click();
    await report.asked;
    await person.enterPassword();
    report.goOn();
    await app.createPasskey.isShown();
  });

  test('is sent once, however often the button is pressed', async ({ app, page, person }) => {
    const sent = requestsOf(page);
    const report = await holdNext(page, REPORT);
    await app.enterPassword.usePasskey.click();
    await report.asked;
    await app.enterPassword.password.fill(person.password);
    await app.enterPassword.signIn.dblclick();
    report.goOn();
    await app.createPasskey.isShown();
    expect(sent.filter((path) => path === '/api/sign-in/password')).toHaveLength(1);
  });

  test('gives way to what is pressed after it', async ({ app, page, person }) => {
    const report = await holdNext(page, REPORT);
    await app.enterPassword.usePasskey.click();
    await report.asked;
    await person.enterPassword();
    await app.enterPassword.notYou.click();
    report.goOn();
    await app.identify.isShown();
  });

  test('never goes to another account that the answer is about', async ({ app, device, page, person, anotherPerson }) => {
    const second = app.in(await device.openTab());
    const other = anotherPerson.in(second);
    const sent = requestsOf(page);
    const report = await holdNext(page, REPORT);
    await app.enterPassword.usePasskey.click();
    await report.asked;
    await other.signUp({ passkey: false });
    await other.signOut();
    await other.startSignIn();
    await second.enterPassword.isShown();

    await person.enterPassword();
    report.goOn();
    await expect(app.main).toContainText(anotherPerson.identifier);
    await app.enterPassword.isShown();
    await anotherPerson.in(app).enterPassword();
    await app.dashboard.isShown();
    expect(sent.filter((path) => path === '/api/sign-in/password')).toHaveLength(1);
  });
});

test('the way out of a prompt that has just ended is taken when the answer is there', async ({ app, device, page, person }) => {
  await person.signUp();
  await person.signOut();
  device.dismissNext();
  const report = await holdNext(page, REPORT);
  await person.startSignIn();
  await report.asked;
  await app.usePasskey.usePassword.click();
  report.goOn();
  await app.enterPassword.isShown();
});

test('a wrong password that is sent by a double click is refused once', async ({ app, page, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
  const answer = await holdNext(page, '/api/sign-in/password');
  await app.enterPassword.submit('certainly not the password');
  await answer.asked;
  await app.enterPassword.signIn.click();
  answer.goOn();
  await expect(app.enterPassword.alert).toContainText('do not go together');
  await app.isAnswered();
  await expect(app.enterPassword.alert).toContainText('do not go together');
});

test.describe('the button of the passkey, while a page that has come back asks how things are', () => {
  test.beforeEach(async ({ app, device, person }) => {
    await person.signUp();
    await person.signOut();
    device.dismissNext(1);
    await person.startSignIn();
    await expect.poll(() => device.prompts.at(-1)?.outcome).toBe('NotAllowedError');
    await app.usePasskey.isShown();
  });

  async function comesBack(page: Page): Promise<void> {
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  }

  test('opens the dialog as soon as the answer is there', async ({ app, device, page }) => {
    const question = await holdNext(page, '/api/page');
    await comesBack(page);
    await question.asked;
    await device.opensNoPromptDuring(() => app.usePasskey.tryAgain.click());
    question.goOn();
    await app.dashboard.isShown();
  });

  test('opens none where the answer is about somebody else', async ({ app, device, page }) => {
    const question = await holdNext(page, '/api/page');
    await comesBack(page);
    await question.asked;
    await device.opensNoPromptDuring(async () => {
      await app.usePasskey.tryAgain.click();
      const other = app.in(await device.openTab());
      await other.open('/sign-in');
      await other.usePasskey.notYou.click();
      await other.identify.isShown();
      question.goOn();
      await app.identify.isShown();
    });
  });
});
