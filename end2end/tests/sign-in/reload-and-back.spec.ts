/**
 * Reload, back and forward on every screen of a sign-in: the same screen again, and never a prompt that opens by itself. For the pages
 * of an account see `account/reload-and-back.spec.ts`; for pages that the browser kept, `restored.spec.ts`.
 */
import type { Fixtures } from '../../fixtures/index.ts';
import { expect, test } from '../../fixtures/index.ts';
import { stays } from '../../fixtures/stays.ts';
import { INSECURE_HOST } from '../../support/chromium.ts';

type On = Pick<Fixtures, 'app' | 'device' | 'person'>;

interface Stop {
  step: string;
  reach: (on: On) => Promise<void>;
  /** Shows that the screen still works. */
  goesOn: (on: On) => Promise<void>;
}

async function brokenPasskey({ device, person }: On): Promise<void> {
  await person.signUp();
  await person.signOut();
  await device.deletePasskeys();
}

/** Stands before the password with a passkey that works: should something ask for it, it is seen. */
async function passwordInstead({ app, device, person }: On): Promise<void> {
  await person.signUp();
  await person.signOut();
  await app.identify.asksWho();
  device.holdNextPrompt();
  await app.identify.submit(person.identifier);
  await app.usePasskey.usePassword.click();
  await app.enterPassword.isShown();
}

const STOPS: Stop[] = [
  {
    step: 'identify',
    reach: ({ app }) => app.open('/sign-in'),
    goesOn: async ({ app, person }) => {
      await app.identify.submit(person.identifier);
      await expect(app.identify.heading).toHaveCount(0);
    },
  },
  {
    step: 'sign-up',
    reach: ({ app }) => app.open('/sign-up'),
    goesOn: async ({ app, person }) => {
      await app.signUp.submit(person.identifier, person.password);
      await app.confirmSignUp.isShown();
    },
  },
  {
    step: 'confirm-sign-up',
    reach: async ({ app, person }) => {
      await app.open('/sign-up');
      await app.signUp.submit(person.identifier, person.password);
      await app.confirmSignUp.isShown();
    },
    goesOn: async ({ app, person }) => {
      await person.confirmSignUp();
      await app.createPasskey.isShown();
    },
  },
  {
    step: 'use-passkey',
    reach: async (on) => {
      await brokenPasskey(on);
      await on.person.startSignIn();
      await expect(on.app.usePasskey.tryAgain).toBeVisible();
    },
    goesOn: async ({ app }) => {
      await app.usePasskey.usePassword.click();
      await app.enterPassword.isShown();
    },
  },
  {
    step: 'enter-password',
    reach: async (on) => {
      await brokenPasskey(on);
      await on.person.failTwice();
    },
    goesOn: async ({ app, person }) => {
      await person.enterPassword();
      await app.createPasskey.isShown();
    },
  },
  {
    step: 'create-passkey',
    reach: async (on) => {
      await brokenPasskey(on);
      await on.person.failTwice();
      await on.person.enterPassword();
      await on.app.createPasskey.isShown();
    },
    goesOn: ({ person }) => person.createPasskey(),
  },
  {
    step: 'passkey-created',
    reach: async ({ app, person }) => {
      await person.createAccount();
      await app.createPasskey.create.click();
      await app.passkeyCreated.isShown();
    },
    goesOn: async ({ app }) => {
      await app.passkeyCreated.continue.click();
      await app.dashboard.isShown();
    },
  },
  {
    step: 'already-here',
    reach: async ({ app, device, person }) => {
      await person.signUp();
      await person.signOut();
      device.dismissNext(2);
      await person.failTwice();
      await person.enterPassword();
      await app.createPasskey.create.click();
      await app.alreadyHere.isShown();
    },
    goesOn: async ({ app }) => {
      await app.alreadyHere.useNow.click();
      await app.dashboard.isShown();
    },
  },
  {
    step: 'needs-proof',
    reach: async ({ app, device, person }) => {
      const ada = person.withoutAddress();
      await ada.signUp();
      await app.dashboard.forgetBrowser.click();
      await expect(app.main).toContainText('This browser is forgotten.');
      await ada.signOut();
      await device.deletePasskeys();
      await ada.startSignInWithPassword();
      await ada.enterPassword();
      await app.needsProof.isShown();
    },
    goesOn: async ({ app }) => {
      await app.needsProof.continue.click();
      await app.dashboard.isShown();
    },
  },
  {
    step: 'forgot-password',
    reach: async ({ app, person }) => {
      await person.signUp({ passkey: false });
      await person.signOut();
      await person.startSignIn();
      await app.enterPassword.forgot.click();
      await app.forgotPassword.isShown();
    },
    goesOn: async ({ app }) => {
      await app.forgotPassword.signIn.click();
      await app.enterPassword.isShown();
    },
  },
  {
    step: 'enter-code',
    reach: async (on) => {
      await passwordInstead(on);
      await on.app.enterPassword.emailCode.click();
      await on.app.enterCode.isShown();
    },
    goesOn: async ({ app, person }) => {
      // The first mail: another one would have made its code void.
      await app.enterCode.submit((await app.mailbox.next(person.identifier, 'Sign in to')).code);
      await app.dashboard.isShown();
    },
  },
  {
    step: 'new-password',
    reach: async (on) => {
      await passwordInstead(on);
      await on.app.enterPassword.forgot.click();
      await on.app.forgotPassword.isShown();
      await on.app.reacts();
      await on.app.forgotPassword.submit(on.person.identifier);
      await on.app.newPassword.isShown();
    },
    goesOn: async ({ app, person }) => {
      const { code } = await app.mailbox.next(person.identifier, 'A new password');
      await app.newPassword.submit(code, 'an entirely different passphrase');
      await app.dashboard.isShown();
    },
  },
  {
    step: 'dashboard',
    reach: ({ person }) => person.signUp({ passkey: false }),
    goesOn: ({ person }) => person.signOut(),
  },
];

for (const { step, reach, goesOn } of STOPS) {
  test(step, async ({ app, device, person }) => {
    // Something to go back to that is not Keymend.
    await app.page.goto('about:blank');
    await reach({ app, device, person });
    await stays({ app, device }, () => expect(app.main).toHaveAttribute('data-step', step));
    await goesOn({ app, device, person });
  });
}

test('confirm', async ({ person, mailbox, anotherDevice }) => {
  await person.signUp();
  const there = await anotherDevice();
  await person.in(there.app).startSignInWithPassword();
  await person.in(there.app).enterPassword();
  await there.app.confirm.isShown();
  await stays(there, () => there.app.confirm.isShown());
  await there.app.confirm.submit((await mailbox.next(person.identifier, 'Your code for Keymend')).code);
  await there.app.createPasskey.isShown();
});

test('one tap', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  await person.comesBackLater();
  await stays({ app, device }, () => expect(app.identify.oneTap).toBeVisible());
  await app.identify.oneTap.click();
  await app.dashboard.isShown();
});

test('unreachable: the step that the server knows of', async ({ app, device, person, page }) => {
  await person.signUp();
  await person.signOut();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  prompt.approve();
  await app.unreachable.isShown();
  await page.unroute('**/api/**');
  await stays({ app, device }, () => app.usePasskey.isShown());
  await app.usePasskey.start.click();
  await app.dashboard.isShown();
});

test('under the wrong address: who asks again is told again', async ({ app, device, person, page, baseURL }) => {
  const { port } = new URL(baseURL!);
  app.useServer({ origin: `http://${INSECURE_HOST}:${port}` });
  await page.goto('about:blank');
  await app.open('/sign-in');
  await app.identify.submit(person.identifier);
  await app.wrongAddress.isShown();
  await stays({ app, device }, () => app.identify.isShown());
  await app.identify.submit(person.identifier);
  await app.wrongAddress.isShown();
});

test('a reload while the prompt is open shows the button, and the button works', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await device.opensNoPromptDuring(() => app.reload());
  await app.usePasskey.isShown();
  await app.usePasskey.start.click();
  await app.dashboard.isShown();
});

test('back while the prompt is open shows the button, too', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await device.opensNoPromptDuring(() => app.backAndForward());
  await app.usePasskey.isShown();
  await app.usePasskey.start.click();
  await app.dashboard.isShown();
});

test('back from the dashboard after a sign-in does not sign out, and opens nothing', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  await person.signIn();
  await device.opensNoPromptDuring(async () => {
    await app.page.goBack();
    await app.open('/sign-in');
  });
  await app.dashboard.isShown();
});

test('after signing out, back shows nothing of the account', async ({ app, device, person }) => {
  await person.signUp({ passkey: false });
  await app.open('/dashboard');
  await person.signOut();
  await device.opensNoPromptDuring(() => app.page.goBack());
  await expect(app.dashboard.passkeys).toHaveCount(0);
  await app.open('/dashboard');
  await app.identify.isShown();
});
