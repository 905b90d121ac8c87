// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/** Formats the broker's folder, where that is new, and runs the broker in the same JVM: another JVM for the format would take a second. */
public final class KafkaMain {

    private KafkaMain() {}

    /**
     * Formats the folder, when there are arguments for that, and runs the broker.
     *
     * @param args the broker's properties file, and arguments of the storage tool, if any
     */
    public static void main(String[] args) throws Throwable {
        if (args.length > 1) {
            format(Arrays.copyOfRange(args, 1, args.length));
        }
        ParentWatchdog.run("kafka.Kafka", args[0]);
    }

    private static void format(String[] arguments) throws ReflectiveOperationException {
        int status = 1;
        try {
            status = (int) Class.forName("kafka.tools.StorageTool")
                    .getMethod("execute", String[].class, PrintStream.class)
                    .invoke(null, arguments, System.out);
        } catch (InvocationTargetException e) {
            System.out.println(e.getCause());
        }
        if (status != 0) {
            System.exit(status);
        }
    }
}
