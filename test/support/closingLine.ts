/** A vitest reporter whose last line reads `N passed, N failed, N skipped`, for any log reader. */
import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let brokenModules = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++;
      if (module.errors().length > 0) brokenModules++;
    }
    const failed = count.failed + brokenModules;
    // Printed when the process ends, after every other reporter has had its say.
    process.on('exit', () => {
      console.log(`${count.passed} passed, ${failed} failed, ${count.skipped} skipped`);
    });
  }
}
