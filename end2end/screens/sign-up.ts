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
