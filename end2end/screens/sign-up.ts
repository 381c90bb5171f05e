import { WithCode } from './recovery.ts';
import { Screen } from './screen.ts';

export class SignUp extends Screen {
  readonly step = 'sign-up';
  readonly heading = this.headingNamed('Create your account');
  readonly identifier = this.page.getByRole('textbox', { name: 'Email or username', exact: true });
  readonly password = this.page.getByLabel('Password', { exact: true });
  readonly createAccount = this.button('Create account');

  async submit(identifier: string, password: string): Promise<void> {
    await this.identifier.fill(identifier);
    await this.password.fill(password);
    await this.createAccount.click();
  }
}

/** Before an account with an address is made: the code that was mailed there. */
export class ConfirmSignUp extends WithCode {
  readonly step = 'confirm-sign-up';
  readonly heading = this.headingNamed('Check your email');
  readonly confirm = this.button('Confirm');
  readonly another = this.button('Use another address');
  readonly signIn = this.link('Sign in instead');

  async submit(code: string): Promise<void> {
    await this.code.fill(code);
    await this.confirm.click();
  }
}
