// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.Map;

/**
 * Starts the simulator: {@code java -jar quarkus-run.jar [--journal FILE] [--help]}; with {@code --healthy PATH} it asks
 * one that runs. Exit code 2 and a line per problem when arguments or configuration are wrong.
 */
@QuarkusMain
public final class TransactionSimulator {

    private static final int USAGE_ERROR = 2;

    TransactionSimulator() {}

    /** Runs until SIGTERM or SIGINT. */
    public static void main(String... arguments) {
        List<String> problems = readArguments(arguments);
        if (problems.isEmpty()) {
            problems = ConfigCheck.problems();
        }
        if (!problems.isEmpty()) {
            problems.forEach(TransactionSimulator::complain);
            System.exit(USAGE_ERROR);
        }
        Quarkus.run();
    }

    private static List<String> readArguments(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("--help") || argument.equals("-h")) {
                print(help());
                System.exit(0);
            } else if (argument.equals("--healthy") && i + 1 < arguments.length) {
                System.exit(HealthProbe.isWell(arguments[i + 1]) ? 0 : 1);
            } else if (argument.equals("--journal") && i + 1 < arguments.length) {
                System.setProperty("tx.journal", arguments[++i]);
            } else if (argument.startsWith("--journal=")) {
                System.setProperty("tx.journal", argument.substring("--journal=".length()));
            } else if (argument.equals("--journal")) {
                return List.of("--journal: '' is not allowed; allowed is a file");
            } else {
                return List.of(argument + ": there is no such argument; see --help");
            }
        }
        return List.of();
    }

    private static String help() {
        StringBuilder help =
                new StringBuilder(
                        """
                        Usage: java [-Dkey=value ...] -jar quarkus-run.jar [--journal FILE] [--healthy PATH] [--help]

                          --journal FILE  append a line per acknowledged record (same as tx.journal)
                          --healthy PATH  end with 0 when the service on port QUARKUS_HTTP_PORT answers PATH with
                                          200, else with 1; starts nothing

                        Settings, as -Dkey=value or as environment variables (tx.rate is TX_RATE):

                          kafka.bootstrap.servers  a list of host:port
                          quarkus.http.port        a port from 0 (any free one) to 65535; default 8082
                        """);
        for (Map.Entry<String, String> setting : ConfigCheck.allowedByKey().entrySet()) {
            help.append("  ").append(setting.getKey()).append("  ").append(setting.getValue());
            help.append('\n');
        }
        return help.toString();
    }

    private static void print(String text) {
        System.out.print(text);
    }

    private static void complain(String line) {
        System.err.println(line);
    }
}
