import { expect, type Locator, type Page } from '@playwright/test';

/** What all screens have in common. A screen is a step of the server: `<main data-step="…">`. */
export abstract class Screen {
  abstract readonly step: string;
  abstract readonly heading: Locator;
  readonly main: Locator;

  constructor(readonly page: Page) {
    this.main = page.getByRole('main');
  }

  /** The message beside a field that tells what to change. */
  get alert(): Locator {
    return this.page.getByRole('alert').filter({ hasText: /\S/ });
  }

  /** The drawing of what the system will ask for. */
  get picture(): Locator {
    return this.main.locator('.picture');
  }

  get notYou(): Locator {
    return this.button('Not you?');
  }

  async isShown(): Promise<void> {
    await expect(this.main).toHaveAttribute('data-step', this.step);
    await expect(this.heading).toBeVisible();
  }

  protected button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  protected link(name: string): Locator {
    return this.page.getByRole('link', { name, exact: true });
  }

  protected headingNamed(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }
}
