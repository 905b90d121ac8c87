// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import dev.streampane.results.security.NewKey;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.util.List;

/** The command line: starts the service, creates an API key for it, or checks its health. */
@QuarkusMain
public final class ResultsMain {

    static final int MANAGEMENT_PORT = 9080;
    private static final String USAGE = """
            Usage: java -jar quarkus-run.jar [--insecure]
                   java -jar quarkus-run.jar --new-key NAME --scope SCOPE [--scope SCOPE]... [--until INSTANT]
                   java -jar quarkus-run.jar --healthy PATH

              --insecure   under results.security.profile=none, listen where other machines reach it
                           (or RESULTS_SECURITY_INSECURE=true)
              --new-key    print a new API key (only this once) and its line for results.security.keys-file
              --scope      what it may read: admin, read:<job>, read:*, read:<job>/<key prefix>*
              --until      expiry, such as 2027-01-01T00:00:00Z; default: when its line is removed
              --healthy    exit with 0 if the service answers PATH with 200 on port QUARKUS_MANAGEMENT_PORT
                           (default: 9080), else with 1

            Settings are system properties and environment variables; README.md lists them.
            """;

    ResultsMain() {}

    /** Runs the command. The exit code is 0, or 2 when the arguments are wrong, or 1 when {@code --healthy} finds the service unhealthy. */
    public static void main(String... arguments) {
        List<String> words = List.of(arguments);
        if (words.contains("--help") || words.contains("-h")) {
            say(System.out, USAGE);
        } else if (words.contains("--new-key")) {
            try {
                say(System.out, NewKey.of(words).text());
            } catch (IllegalArgumentException e) {
                refuse(e.getMessage());
            }
        } else if (words.size() == 2 && words.get(0).equals("--healthy")) {
            System.exit(isHealthy(MANAGEMENT_PORT, words.get(1)) ? 0 : 1);
        } else if (words.isEmpty()) {
            Quarkus.run();
        } else if (words.equals(List.of("--insecure"))) {
            System.setProperty("results.security.insecure", "true");
            Quarkus.run();
        } else {
            refuse("'" + String.join(" ", words) + "' is not understood");
        }
    }

    /** Whether the service beside this process answers with 200: the health check of images that have neither shell nor curl. */
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
        } catch (IOException | RuntimeException unhealthy) { // RuntimeException: port and path make no valid URL
            return false;
        }
    }

    private static void refuse(String message) {
        say(System.err, message + "\n\n" + USAGE);
        System.exit(2);
    }

    private static void say(PrintStream where, String text) {
        where.print(text);
        where.flush();
    }
}
