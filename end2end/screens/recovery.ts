import { Screen } from './screen.ts';

/** A screen with a code to type. */
export abstract class WithCode extends Screen {
  readonly code = this.page.getByRole('textbox', { name: 'Code', exact: true });
  readonly sendAgain = this.button('Send a new code');
}

/** Neither passkey nor password is at hand: a code that was mailed. */
export class EnterCode extends WithCode {
  readonly step = 'enter-code';
  readonly heading = this.headingNamed('Check your email');
  readonly signIn = this.button('Sign in');
  readonly usePasskey = this.button('Use a passkey');
  readonly usePassword = this.button('Use password instead');

  async submit(code: string): Promise<void> {
    await this.code.fill(code);
    await this.signIn.click();
  }
}

/** After the password in an unknown browser: a code as well, before a passkey is made. */
export class Confirm extends WithCode {
  readonly step = 'confirm';
  readonly heading = this.headingNamed('Confirm it is you');
  readonly confirm = this.button('Confirm');
  readonly usePasskey = this.button('Use a passkey');
  readonly notNow = this.button('Not now');

  async submit(code: string): Promise<void> {
    await this.code.fill(code);
    await this.confirm.click();
  }
}

/** A mailed code shows whose the address is. */
export class ConfirmAddress extends WithCode {
  readonly step = 'confirm-address';
  readonly heading = this.headingNamed('Confirm your email address');
  readonly confirm = this.button('Confirm');
  readonly back = this.link('Back to the dashboard');

  async submit(code: string): Promise<void> {
    await this.code.fill(code);
    await this.confirm.click();
  }
}

/** A mailed code shows that the address which the account is to have belongs to this person. */
export class NewAddress extends WithCode {
  readonly step = 'new-address';
  readonly heading = this.headingNamed('Confirm the new address');
  readonly confirm = this.button('Confirm');
  readonly another = this.link('Use another address');
  readonly back = this.link('Back to your account');

  async submit(code: string): Promise<void> {
    await this.code.fill(code);
    await this.confirm.click();
  }
}

/** What recovery codes are, and the button for new ones. */
export class GetCodes extends Screen {
  readonly step = 'get-codes';
  readonly heading = this.headingNamed('Recovery codes');
  /** For somebody who has none yet. */
  readonly get = this.button('Get recovery codes');
  readonly getNew = this.button('Get new codes');
  readonly back = this.link('Back to the dashboard');
}

/** The codes, shown until they are kept. */
export class RecoveryCodes extends Screen {
  readonly step = 'recovery-codes';
  readonly heading = this.headingNamed('Your recovery codes');
  readonly codes = this.page.getByRole('list', { name: 'Recovery codes', exact: true }).getByRole('listitem');
  readonly copy = this.button('Copy');
  readonly print = this.button('Print');
  readonly download = this.link('Download');
  readonly continue = this.button('Continue');
}

/** Who has forgotten the password? */
export class ForgotPassword extends Screen {
  readonly step = 'forgot-password';
  readonly heading = this.headingNamed('Forgot your password?');
  readonly identifier = this.page.getByRole('textbox', { name: 'Email or username', exact: true });
  readonly continue = this.button('Continue');
  readonly signIn = this.link('Go to sign in');

  async submit(identifier: string): Promise<void> {
    await this.identifier.fill(identifier);
    await this.continue.click();
  }
}

/** A code, and the password to come. */
export class NewPassword extends WithCode {
  readonly step = 'new-password';
  readonly heading = this.headingNamed('Choose a new password');
  readonly password = this.page.getByLabel('New password', { exact: true });
  readonly save = this.button('Save new password');
  readonly signIn = this.link('Go to sign in');

  async submit(code: string, password: string): Promise<void> {
    await this.code.fill(code);
    await this.password.fill(password);
    await this.save.click();
  }
}

/** What was announced, and the button that takes it back. */
export class NotMe extends Screen {
  readonly step = 'not-me';
  readonly heading = this.headingNamed('Was this not you?');
  readonly wasNotMe = this.button('This was not me');
  readonly wasMe = this.link('It was me');
}

/** All of it is taken back. */
export class NotMeDone extends Screen {
  readonly step = 'told';
  readonly heading = this.headingNamed('Your account is closed to others');
  readonly newPassword = this.link('Choose a new password');
}

/** A link of *this was not me* that was used. */
export class NotMeVoid extends Screen {
  readonly step = 'told';
  readonly heading = this.headingNamed('This link does not count any more');
}
