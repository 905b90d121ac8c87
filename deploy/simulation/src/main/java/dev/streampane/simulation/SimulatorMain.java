// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.util.List;
import java.util.Locale;

/**
 * Starts a simulator: {@code java -jar quarkus-run.jar [--journal FILE] [--help]}; with {@code --healthy PATH} it
 * checks a running one instead. If arguments or configuration are wrong, it prints a line per problem and exits with code 2.
 *
 * @param check checks the simulator's settings
 * @param port default HTTP port
 * @param managementPort default port of health and metrics
 */
public record SimulatorMain(ConfigCheck<?> check, int port, int managementPort) {

    private static final int USAGE_ERROR = 2;

    /** Runs until SIGTERM or SIGINT. */
    public void run(String... arguments) {
        List<String> problems = readArguments(arguments);
        if (problems.isEmpty()) {
            problems = check.problems();
        }
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
            System.exit(USAGE_ERROR);
        }
        Quarkus.run();
    }

    private List<String> readArguments(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("--help") || argument.equals("-h")) {
                System.out.print(help());
                System.exit(0);
            } else if (argument.equals("--healthy") && i + 1 < arguments.length) {
                System.exit(isHealthy(managementPort, arguments[i + 1]) ? 0 : 1);
            } else if (argument.equals("--healthy")) {
                return List.of("--healthy: '' is not allowed; allowed is a path such as /q/health/live");
            } else if (argument.equals("--journal") && i + 1 < arguments.length && !arguments[i + 1].isEmpty()) {
                System.setProperty(check.prefix() + ".journal", arguments[++i]);
            } else if (argument.equals("--journal") || argument.equals("--journal=")) {
                return List.of("--journal: '' is not allowed; allowed is a file");
            } else if (argument.startsWith("--journal=")) {
                System.setProperty(check.prefix() + ".journal", argument.substring("--journal=".length()));
            } else {
                return List.of(argument + ": there is no such argument; see --help");
            }
        }
        return List.of();
    }

    private String help() {
        StringBuilder help = new StringBuilder(
                """
                        Usage: java [-Dkey=value ...] -jar quarkus-run.jar [--journal FILE] [--healthy PATH] [--help]

                          --journal FILE  append a line per acknowledged record (same as %1$s.journal)
                          --healthy PATH  end with 0 when the service answers PATH with 200 on port
                                          QUARKUS_MANAGEMENT_PORT, else with 1; starts nothing

                        Settings, as -Dkey=value or as environment variables (%1$s.rate is %2$s_RATE):

                          kafka.bootstrap.servers  a list of host:port
                          quarkus.http.port        a port from 0 (any free one) to 65535; default %3$d
                          quarkus.management.port  the same, for health and metrics; default %4$d
                        """.formatted(check.prefix(), check.prefix().toUpperCase(Locale.ROOT), port, managementPort));
        check.settings().forEach((key, setting) -> help.append("  %s  %s\n".formatted(key, setting.allowed())));
        return help.toString();
    }

    /** Whether the service on this host answers with 200: the health check of images that have neither shell nor curl. */
    private static boolean isHealthy(int port, String path) {
        String named = System.getenv("QUARKUS_MANAGEMENT_PORT");
        try {
            URL url = URI.create("http://127.0.0.1:" + (named == null ? port : named) + path)
                    .toURL();
            HttpURLConnection asked = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
            asked.setInstanceFollowRedirects(false);
            asked.setConnectTimeout(1_000);
            asked.setReadTimeout(3_000);
            return asked.getResponseCode() == 200;
        } catch (IOException | RuntimeException notHealthy) { // RuntimeException: port or path is not valid
            return false;
        }
    }
}
