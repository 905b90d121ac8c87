// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a cluster that is the test's. */
abstract class OnFakeFlink {

    static final String JOB = "weather-average";

    @TempDir
    Path data;

    @AutoClose
    final FakeFlink flink = new FakeFlink();

    final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    final Console console = new Console(new PrintStream(printed, true), Console.Style.PLAIN, 80);
    FakeJobContext context;

    @BeforeEach
    void setContext() {
        context = new FakeJobContext(data);
    }
}
