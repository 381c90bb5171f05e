/** A page that stood open for longer than its challenge is good for: the click still leads to the prompt. */
import { expect, test } from '../../fixtures/index.ts';

test.beforeEach(async ({ app, device, page, person }) => {
  await person.signUp();
  await person.signOut();
  await page.clock.install();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await device.opensNoPromptDuring(() => app.reload());
  await expect(app.usePasskey.start).toBeVisible();
});

test('soon after a reload the click uses the challenge that came with the page', async ({ app, device, page }) => {
  const document = await page.content();
  await app.usePasskey.start.click();
  await app.dashboard.isShown();
  const { challenge } = device.prompts.at(-1)!;
  expect(document).toContain(challenge);
});

for (const [name, later] of [
  ['when its challenge is too old to last for the dialog', '05:01'],
  ['past the lifetime of its challenge', '10:01'],
] as const) {
  test(`${name} the click fetches another one first, and the same click opens the prompt`, async ({ app, device, page }) => {
    const document = await page.content();
    await device.opensNoPromptDuring(() => page.clock.fastForward(later));
    await app.usePasskey.isShown();
    const before = device.prompts.length;
    const asked = page.waitForRequest('**/api/page');
    await app.usePasskey.start.click();
    await asked;
    await app.dashboard.isShown();
    expect(device.prompts.slice(before)).toMatchObject([{ kind: 'get', outcome: 'ok' }]);
    expect(document).not.toContain(device.prompts.at(-1)!.challenge);
  });
}
