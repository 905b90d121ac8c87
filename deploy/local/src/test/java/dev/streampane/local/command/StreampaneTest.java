// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import static dev.streampane.local.server.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.streampane.contract.Durations;
import dev.streampane.local.control.RunningStack;
import dev.streampane.local.control.StackPort;
import dev.streampane.local.log.Retention;
import dev.streampane.local.replay.ReplayReport;
import dev.streampane.local.server.Checkout;
import dev.streampane.local.server.Installed;
import dev.streampane.local.server.ServerException;
import dev.streampane.local.server.ServiceBuild;
import dev.streampane.local.stack.DataFolder;
import dev.streampane.local.stack.Servers;
import dev.streampane.local.stack.StackSettings;
import dev.streampane.local.state.TestCheckpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class StreampaneTest {

    /** A Maven that makes everything, and ends when there is a file. */
    private static final String MAKES_ALL = """
                #!/bin/sh
                for made in deploy/local/servers/kafka/target/classpath deploy/local/servers/elasticsearch/target/classpath \
                    deploy/local/servers/flink/target/classpath deploy/local/servers/elasticsearch/target/local-elasticsearch.jar \
                    deploy/local/servers/flink/target/local-flink.jar deploy/local/target/local-1.0.0.jar deploy/local/target/classpath \
                    iot-simulator/target/quarkus-app/quarkus-run.jar transaction-simulator/target/quarkus-app/quarkus-run.jar \
                    results-api/target/quarkus-app/quarkus-run.jar flink-pipeline/target/flink-pipeline-1.0.0-job.jar; do
                    mkdir -p "$(dirname $made)"
                    echo "$PWD/mvn" >$made
                done
                echo built >>builds
                while [ ! -e ends ]; do sleep 0.1; done
                """;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Streampane.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private static StackSettings settings(String... args) {
        CommandLine.ParseResult parsed = Streampane.commandLine().parseArgs(args);
        UpCommand up = (UpCommand) parsed.subcommand().commandSpec().userObject();
        return up.settings();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Java heap space | .streampane ends. has run out of memory .+: take less with --from and --to
                    GC overhead limit exceeded | .streampane ends. has run out of memory .+: take less with --from and --to
                    Metaspace | unexpected OutOfMemoryError: Metaspace .+
                    class | unexpected NoClassDefFoundError: a/Class .+
                    """)
    void shouldSayInOneLineThatAnErrorEndedTheCommand(String from, String said) {
        // When
        int exit = Streampane.commandLine()
                .addSubcommand(new EndsByAnError())
                .setErr(new PrintWriter(err, true))
                .execute("ends", "--from", from);

        // Then
        assertThat(exit).isEqualTo(3);
        assertThat(err.toString()).matches("streampane: " + said + "\\R");
    }

    @CommandLine.Command(name = "ends")
    static final class EndsByAnError implements Runnable {

        @CommandLine.Option(names = "--from")
        private String from;

        @Override
        public void run() {
            throw from.equals("class") ? new NoClassDefFoundError("a/Class") : new OutOfMemoryError(from);
        }
    }

    @Test
    void shouldSayOfEachThingWhetherItIsEnough() {
        // When
        int exit = run("doctor", "--data", folder.resolve("none").toString());

        // Then
        assertThat(exit).isIn(0, 2);
        assertThat(out.toString().lines().filter(line -> !line.startsWith("   ")))
                .extracting(line -> line.split(" +")[1])
                .containsExactly("Java", "memory", "disk", "ports", "Maven", "compiler");
        assertThat(out.toString()).startsWith("ok Java ");
        assertThat(out.toString().contains("no ")).isEqualTo(exit == 2);
    }

    @ParameterizedTest
    @CsvSource({"40000, the stack runs on ", "0, ports "})
    void shouldLookAtThePortsOfAnotherStack(int offset, String said) {
        // Given
        RunningStack.Child self = RunningStack.Child.of(ProcessHandle.current());
        new RunningStack(self, "ready", 40_000, Map.of(), Map.of(), List.of()).write(folder);

        // When
        run("doctor", "--data", folder.toString(), "--port-offset", String.valueOf(offset));

        // Then
        assertThat(out.toString()).contains(said);
        assertThat(out.toString().lines().count() == 1).isEqualTo(offset == 40_000);
    }

    @Test
    void shouldCompleteCommandsAndOptions() {
        // When
        int exit = run("generate-completion");

        // Then
        assertThat(exit).isZero();
        assertThat(out.toString())
                .contains("complete -F _complete_streampane", " streampane", "doctor", "--port-offset", "supersede");
    }

    @ParameterizedTest
    @CsvSource({"do, doctor down", "doctor --port, --port-offset", "jobs sa, savepoints"})
    void shouldCompleteInBash(String typed, String completions) throws IOException {
        // When
        String said = completed("bash", """
                COMP_WORDS=(streampane %s)
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                complete -p streampane
                _complete_streampane
                echo "${COMPREPLY[@]}"
                """.formatted(typed));

        // Then
        assertThat(said).startsWith("complete -o default -F _complete_streampane streampane\n");
        assertThat(said.lines()).last().isEqualTo(completions);
    }

    @Test
    void shouldCompleteInZsh() throws IOException {
        Installed.require("zsh", "zsh");

        // When: somebody types in a terminal, whose shell ends if nothing else is typed for 30 s
        String said = completed("zsh", """
                zmodload zsh/zpty
                zpty shell TERM=xterm TMOUT=30 zsh -fi
                zpty -w shell "source %s"
                zpty -w -n shell $'streampane do\t'
                zpty -r -m shell shown '*doctor *down*'
                echo $shown
                """.formatted(folder.resolve("completions")));

        // Then
        assertThat(said.lines()).last().asString().contains("doctor  down");
    }

    /** What a shell says with the completions. */
    private String completed(String shell, String does) throws IOException {
        run("generate-completion");
        Path completions = Files.writeString(folder.resolve("completions"), out.toString());
        ProcessBuilder process = new ProcessBuilder(shell, "-c", "source " + completions + "\n" + does);
        process.environment().put("HOME", folder.toString());
        return printed(process.redirectErrorStream(true).start(), "\0");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKeepTheLineOfABuildWithinTheTerminal() throws IOException {
        // Given
        checkout("#!/bin/sh\nexec sleep 100\n");

        // When
        String shown = onATerminal(
                "", "PATH=%s:$PATH exec bash %s/deploy/streampane status".formatted(folder, folder), "local is\r");

        // Then
        assertThat(shown).containsPattern("\r\u001b\\[Kbuilding \\d s \\(deploy/local is\r");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldFindItsCheckoutWhereverElseTheShellLooksForFolders() throws IOException {
        // Given
        checkout("#!/bin/sh\nexit 1\n");

        // When
        String said = printed(onPath(Map.of("CDPATH", "."), "bash", "deploy/streampane", "status"), "\0");

        // Then
        assertThat(said).contains("all of it is in " + folder.toRealPath() + "/target/streampane-build.log\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldBuildAgainAfterABuildThatWasInterrupted() throws Exception {
        // Given a build that has made everything, the last of it in part
        checkout(MAKES_ALL);
        Process interrupted = onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count");
        await().until(() -> Files.exists(folder.resolve("builds")));
        interrupted.toHandle().destroy();
        interrupted.waitFor();
        Files.createFile(folder.resolve("ends"));

        // When
        String again = printed(onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count"), "\0");
        String atLast = printed(onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count"), "\0");

        // Then
        assertThat(again).contains("building (the last build has failed or was ended");
        assertThat(atLast).doesNotContain("building");
        assertThat(folder.resolve("builds")).hasContent("built\nbuilt");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNotAskAnOldCommandWhetherItKnowsWhatANewOneHas() throws Exception {
        // Given
        checkout(MAKES_ALL);
        Files.createFile(folder.resolve("ends"));
        printed(onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count"), "\0");
        Files.createDirectories(folder.resolve("deploy/local/src/main"));
        for (String source : List.of("pom.xml", "deploy/local/src/main/UpCommand.java")) {
            Path changed = Files.createFile(folder.resolve(source));
            assertThat(changed.toFile().setLastModified(System.currentTimeMillis() + 10_000))
                    .isTrue();
        }

        // When: the old one is no jar, and would refuse anything
        String said = printed(onPath(Map.of(), "bash", "deploy/streampane", "up", "--brand-new"), "\0");

        // Then
        assertThat(said).contains("building (deploy/local/src/main has changed");
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @CsvSource({"true, 2", "false, 1"})
    void shouldBuildAfterAnotherBuildOnlyWhenThatWasInterrupted(boolean isInterrupted, int builds) throws Exception {
        // Given
        checkout(MAKES_ALL);
        Process first = onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count");
        await().until(() -> Files.exists(folder.resolve("builds")));
        Process second = onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count");
        String waits = second.inputReader(UTF_8).readLine();

        // When
        if (isInterrupted) {
            first.toHandle().destroy();
            first.waitFor();
        }
        Files.createFile(folder.resolve("ends"));
        printed(first, "\0");
        printed(second, "\0");
        String third = printed(onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count"), "\0");

        // Then
        assertThat(waits).isEqualTo("  another build of this checkout goes on: waiting for its end");
        assertThat(third).doesNotContain("building");
        assertThat(folder.resolve("builds")).hasContent("built\n".repeat(builds).strip());
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @CsvSource({"replay, 1g", "audit, 192m"})
    void shouldGiveMoreHeapToACommandThatHoldsEachWindow(String command, String heap) throws IOException {
        // Given
        builtCheckout();
        Path java = Files.writeString(folder.resolve("java"), """
                #!/bin/sh
                case $1 in -XshowSettings*) echo '    java.specification.version = 17' ;; *) echo "$@" ;; esac
                """);
        assertThat(java.toFile().setExecutable(true)).isTrue();

        // When
        String said = printed(onPath(Map.of("JAVA_HOME", ""), "bash", "deploy/streampane", command), "\0");

        // Then
        assertThat(said).contains(" -Xmx" + heap + " ");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNotBuildAnewWhatSomethingRunsFrom() throws Exception {
        // Given
        checkout(MAKES_ALL);
        Files.createFile(folder.resolve("ends"));
        Path java = Files.writeString(folder.resolve("java"), """
                #!/bin/sh
                case $1 in -XshowSettings*) echo '    java.specification.version = 17' ;; *) echo runs && exec cat ;; esac
                """);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Process running = onPath(Map.of("JAVA_HOME", ""), "bash", "deploy/streampane", "run", "word-count");
        var said = running.inputReader(UTF_8);
        await().until(() -> said.readLine().equals("runs"));
        Path changed = Files.createFile(folder.resolve("pom.xml"));
        assertThat(changed.toFile().setLastModified(System.currentTimeMillis() + 10_000))
                .isTrue();

        // When
        String other = printed(onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count"), "\0");
        running.getOutputStream().close();
        running.waitFor();
        Files.delete(java);
        String then = printed(onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count"), "\0");

        // Then
        assertThat(other)
                .contains(
                        "streampane: this checkout is to be built (pom.xml has changed), and a stack or a command runs from it");
        assertThat(then).contains("building (pom.xml has changed");
        assertThat(folder.resolve("builds")).hasContent("built\nbuilt");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldSayThatItMayNotBuild() throws Exception {
        // Given what nobody can write, root included
        checkout(MAKES_ALL);
        Files.createSymbolicLink(folder.resolve("target"), Path.of("/proc"));

        // When
        String said = printed(onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count"), "\0");

        // Then
        assertThat(said)
                .isEqualTo(
                        "streampane: this checkout is to be built (deploy/local/target/local-1.0.0.jar is missing), and %s/target cannot be written: build as its owner, or use a clone of your own\n",
                        folder.toRealPath());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldSayOfWhatStartsAfterABuildThatItIsNotEnded() throws Exception {
        // Given
        checkout(MAKES_ALL);
        Process up = onPath(Map.of(), "bash", "deploy/streampane", "up");
        await().until(() -> Files.exists(folder.resolve("builds")));

        // When
        String during = printed(onPath(Map.of(), "bash", "deploy/streampane", "down"), "\0");
        Files.createFile(folder.resolve("ends"));
        printed(up, "\0");
        String after = printed(onPath(Map.of(), "bash", "deploy/streampane", "down"), "\0");

        // Then
        assertThat(during)
                .startsWith(
                        "streampane: a build of this checkout goes on, and an 'up' that waits for its end is not ended\n");
        assertThat(after).doesNotContain("a build of this checkout");
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @ValueSource(strings = {"jre", "none"})
    void shouldNotBuildWithoutTheCompilerThatMavenTakes(String home) throws Exception {
        // Given
        checkout(MAKES_ALL);
        Files.createFile(folder.resolve("ends"));
        Files.createDirectories(folder.resolve("jre/bin"));
        Files.createSymbolicLink(
                folder.resolve("jre/bin/java"), Path.of(System.getProperty("java.home"), "bin", "java"));
        String set = folder.resolve(home).toString();

        // When
        String said = printed(onPath(Map.of("JAVA_HOME", set), "bash", "deploy/streampane", "run", "word-count"), "\0");

        // Then
        assertThat(said).contains("there is no " + set + "/bin/javac: install a JDK 17 or newer");
        assertThat(folder.resolve("builds")).doesNotExist();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldBuildWhateverIsInTheEnvironment() throws Exception {
        // Given
        checkout(MAKES_ALL);
        Files.createFile(folder.resolve("ends"));
        printed(onPath(Map.of(), "bash", "deploy/streampane", "run", "word-count"), "\0");
        Path changed = Files.createFile(folder.resolve("pom.xml"));
        assertThat(changed.toFile().setLastModified(System.currentTimeMillis() + 10_000))
                .isTrue();

        // When
        String said = printed(onPath(Map.of("help", "me"), "bash", "deploy/streampane", "run", "word-count"), "\0");

        // Then
        assertThat(said).contains("building (pom.xml has changed");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldBuildWithoutAWordAmongWhatACommandPrints() throws IOException {
        // Given
        checkout(MAKES_ALL);
        Files.createFile(folder.resolve("ends"));

        // When
        String said = printed(onPath(Map.of(), "sh", "-c", "bash deploy/streampane generate-completion 2>err"), "\0");

        // Then
        assertThat(said).isEmpty(); // what was built is no jar
        assertThat(folder.resolve("err")).content().contains("building (deploy/local is missing");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldShowNoMoreWindowsThanATerminalHasLinesFor() throws IOException {
        // Given
        builtCheckout();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            for (int key = 0; key < 30; key++) {
                exchange.getResponseBody()
                        .write("event: window\ndata: {\"window\":{\"end\":\"2026-11-20T06:00:10Z\"},\"key\":\"%d\"}\n\n"
                                .formatted(key)
                                .getBytes(UTF_8));
            }
            exchange.getResponseBody().flush();
        });
        server.start();

        // When
        String shown;
        try {
            shown = onATerminal(
                    "1",
                    "stty cols 80 rows 12; exec bash %s/deploy/streampane watch --url http://127.0.0.1:%d"
                            .formatted(folder, server.getAddress().getPort()),
                    " more:");
        } finally {
            server.stop(0);
        }

        // Then: below are the state and the cursor
        assertThat(shown.substring(shown.lastIndexOf("END UTC")).lines()).hasSize(12 - 2);
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8"})
    void shouldTakeAndPrintUmlautsWhereverItIsStarted(String locale) throws IOException {
        // Given
        builtCheckout();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<String> asked = new CopyOnWriteArrayList<>();
        server.createContext("/", exchange -> {
            try (exchange) {
                asked.add(exchange.getRequestURI().toString());
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody()
                        .write((asked.size() == 1
                                        ? "{\"items\":[{\"links\":{\"explain\":\"/one\"}}]}"
                                        : "{\"key\":\"für\"}")
                                .getBytes(UTF_8));
            }
        });
        server.start();

        // When
        String said;
        try {
            said = printed(
                    onPath(
                            Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", locale),
                            "bash",
                            "-c",
                            "deploy/streampane explain weather-average --json --key $'f\\303\\274r' --url http://127.0.0.1:"
                                    + server.getAddress().getPort()),
                    "\0");
        } finally {
            server.stop(0);
        }

        // Then
        assertThat(asked).first().asString().contains("&key=f%C3%BCr&");
        assertThat(said).isEqualTo("{\"key\":\"für\"}\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldPrintDigitsThatAddressesHaveInEachLocale() throws IOException {
        // Given
        builtCheckout();
        RunningStack.Child self = RunningStack.Child.of(ProcessHandle.current());
        new RunningStack(self, "ready", 40_000, Map.of(StackPort.RESULTS_API, 48_080), Map.of(), List.of())
                .write(folder);

        // When
        String said = printed(
                onPath(
                        Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=fa -Duser.country=IR"),
                        "bash",
                        "deploy/streampane",
                        "status",
                        "--data",
                        folder.toString()),
                "\0");

        // Then
        assertThat(said).contains("page http://127.0.0.1:48080/");
    }

    /** Makes the folder a checkout that this command was built in. */
    private void builtCheckout() throws IOException {
        checkout("");
        Path target = Files.createDirectories(folder.resolve("deploy/local/target"));
        Files.createFile(target.resolve("local-1.0.0.jar"));
        Files.writeString(target.resolve("classpath"), System.getProperty("java.class.path"));
    }

    /** Makes the folder a checkout that nothing was built in, with a Maven beside it that does this. */
    private void checkout(String maven) throws IOException {
        Files.copy(
                Checkout.root().resolve("deploy/streampane"),
                Files.createDirectory(folder.resolve("deploy")).resolve("streampane"));
        Path mvn = Files.writeString(folder.resolve("mvn"), maven);
        assertThat(mvn.toFile().setExecutable(true)).isTrue();
    }

    /** A process in the folder, with the Maven that lies there. */
    private Process onPath(Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile());
        process.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        process.environment().putAll(environment);
        return process.redirectErrorStream(true).start();
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @CsvSource({
        "'', watch --url http://127.0.0.1:1, as of, true",
        "1, watch --url http://127.0.0.1:1, as of, false",
        "1, --help, Exit codes, false"
    })
    void shouldPrintColoursUnlessToldNotTo(String noColor, String command, String until, boolean colours)
            throws IOException {
        // When
        String shown = onATerminal(
                noColor,
                "exec %s -XX:TieredStopAtLevel=1 -Dstreampane.columns=30 -cp %s %s %s"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                System.getProperty("java.class.path"),
                                Streampane.class.getName(),
                                command),
                until);

        // Then
        assertThat(shown).contains(until);
        assertThat(Pattern.compile("\u001b\\[[0-9;]*m").matcher(shown).find()).isEqualTo(colours);
    }

    /** What a command shows on a terminal of 30 columns, until it ends or has shown a text. */
    private static String onATerminal(String noColor, String command, String until) throws IOException {
        Installed.require("script", "bsdutils");
        ProcessBuilder terminal = new ProcessBuilder("script", "-qfc", "stty cols 30; " + command, "/dev/null");
        terminal.environment().putAll(Map.of("SHELL", "/bin/sh", "TERM", "xterm", "NO_COLOR", noColor));
        return printed(terminal.start(), until);
    }

    /** What a process prints, until it ends or has printed a text. */
    private static String printed(Process process, String until) throws IOException {
        StringBuilder printed = new StringBuilder();
        try (var reader = process.inputReader(UTF_8)) {
            int next = reader.read();
            while (next >= 0 && printed.indexOf(until) < 0) {
                printed.append((char) next);
                next = reader.read();
            }
        } finally {
            process.destroy();
        }
        return printed.toString();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    no arguments | `` | a command is missing
                    unknown command | upp | 'upp'
                    unknown option | up --frsh | '--frsh'
                    option without its value | up --for | '--for'
                    option twice | up --for 1m --for 2m | '--for'
                    arguments after -- | up -- --fresh | '--fresh'
                    a glob | up * | '*'
                    empty data folder | up --data '' | --data: ''
                    a file for a data folder | up --data /etc/passwd | --data: '/etc/passwd' is not allowed; allowed is a folder
                    number with _ | up --port-offset 1_000 | '1_000'
                    number with a letter | up --rate 10k | '10k'
                    number too large | up --port-offset 99999999999 | '99999999999'
                    port offset below zero | up --port-offset -1 | '-1'
                    port above 65535 | up --port-offset 56236 | 0 to 56235
                    port above 65535 to look at | doctor --port-offset 60000 | --port-offset: '60000'
                    port below zero to look at | doctor --port-offset -20000 | 0 to 56235
                    rate 0 | up --rate 0 | 1 to 100000
                    rate too high | up --rate 100001 | 1 to 100000
                    seed that is no number | up --seed x | 'x'
                    time without unit | up --for 10 | '10'
                    time with a space | up --for '1 m' | '1 m'
                    half an ISO time | up --window PT | 'PT'
                    no time | up --for 0s | '0s'
                    negative time | up --for PT-1S | above zero
                    window 0 | up --window 0s | '0s'
                    window negative | up --window -10s | '-10s'
                    window longer than a day | up --window 2d | 1ms to 1d
                    window of no kind | up --window 'tumble(1m)' | --window: 'tumble(1m)' is not allowed: at character 1
                    window without a unit | submit --flink http://f --bootstrap-servers 127.0.0.1:1 --jobs weather-average --state s --jar j --windows 'tumbling(1)' | --windows: 'tumbling(1)' is not allowed
                    unknown job | up --jobs weather | 'weather'
                    no job | up --jobs '' | ''
                    a jar that is not there | submit --flink http://f --bootstrap-servers 127.0.0.1:1 --jobs weather-average --state s --jar /none.jar | --jar: '/none.jar' is not allowed; allowed is a file that is there
                    watch and a new generation | submit --flink http://f --bootstrap-servers k:1 --elasticsearch http://e --state s --jar j --watch --new-generation all | exclude each other
                    job twice | up --jobs weather-average,weather-average | each job once
                    job option without = | up --job-option skew | NAME=VALUE
                    job option without name | up --job-option =5s | NAME=VALUE
                    job option twice | up --job-option skew=1s --job-option skew=2s | each name once
                    windows as a job option | up --job-option windows=tumbling(1s) | 'windows=tumbling(1s)' is not allowed; allowed is --window for this
                    generation as an option of one job | up --job-option weather-average:generation=3 | allowed is --new-generation for this
                    state folder as a job option | up --job-option state-dir=file:///tmp/x | allowed is --data for this
                    another broker as a job option | up --job-option bootstrap-servers=10.0.0.1:9092 | allowed is --port-offset for this
                    another topic of generations as a job option | up --job-option job-runs-topic=own-runs | allowed is to leave it out: streampane reads job-runs alone
                    another topic of generations of one job | up --job-option weather-average:job-runs-topic=own-runs | allowed is to leave it out: streampane reads job-runs alone
                    another Elasticsearch as a job option | up --job-option index-results:elasticsearch-url=http://10.0.0.1:9200 | allowed is --port-offset for this
                    folder of the log as a setting of the broker | up --kafka-config log.dirs=/big | --kafka-config: 'log.dirs=/big' is not allowed; allowed is --data for this
                    another folder of the log as a setting of the broker | up --kafka-config log.dir=/big | allowed is --data for this
                    folder of the metadata as a setting of the broker | up --kafka-config metadata.log.dir=/big | allowed is --data for this
                    addresses as a setting of the broker | up --kafka-config listeners=PLAINTEXT://0.0.0.0:9092 | allowed is --port-offset for this
                    addresses for clients as a setting of the broker | up --kafka-config advertised.listeners=PLAINTEXT://h:9092 | allowed is --port-offset for this
                    another controller as a setting of the broker | up --kafka-config controller.quorum.voters=1@h:9093 | allowed is --port-offset for this
                    new generation of what is not started | up --jobs weather-average --new-generation fraud-detection --retention x=1d | allowed is all, or of what is started: weather-average
                    new generation of nothing | up --new-generation x | 'x'
                    all jobs and one | up --jobs all,word-count | 'all'
                    retention of no topic | up --retention x=1d | device-readings
                    retention of a compacted topic | up --retention job-runs=1d | 'job-runs=1d'
                    retention without time | up --retention audit= | 'audit='
                    retention too short | up --retention audit=59s | from 1m on
                    a table without rows | watch --rows 0 | --rows: '0'
                    an address without its scheme | watch --url localhost:8080 | '--url': 'localhost:8080' is not allowed; allowed is http://HOST:PORT or https://HOST:PORT
                    nothing to measure | measure --for 0s | --for: '0s'
                    less than nothing to measure | measure --for PT-1S | above zero
                    Elasticsearch without its scheme | prepare --elasticsearch localhost:9200 | 'localhost:9200' is not allowed; allowed is http://HOST:PORT
                    Elasticsearch below a path | prepare --elasticsearch http://es:9200/es | 'http://es:9200/es' is not allowed; allowed is http://HOST:PORT or https://HOST:PORT, without a path
                    Flink below a path | submit --flink http://f:8081/flink/ --bootstrap-servers k:1 --state / --jar j | 'http://f:8081/flink/' is not allowed
                    results-api below a path | explain weather-average --url http://127.0.0.1:1/results | 'http://127.0.0.1:1/results' is not allowed
                    results-api with a query | explain weather-average --url http://127.0.0.1:1?key=device1 | 'http://127.0.0.1:1?key=device1' is not allowed
                    Elasticsearch without a host | audit --index --bootstrap-servers k:1 --elasticsearch http:es | 'http:es' is not allowed
                    a broker without its port | prepare --bootstrap-servers kafka | --bootstrap-servers: 'kafka' is not allowed; allowed is HOST:PORT
                    a broker that nobody knows | audit --bootstrap-servers no.such.host.invalid:9092 | --bootstrap-servers: 'no.such.host.invalid:9092' is not allowed
                    Flink without its scheme | submit --flink jobmanager:8081 --bootstrap-servers k:1 --state / --jar j | 'jobmanager:8081' is not allowed
                    a key that is not there | watch --url https://r --api-key-file /none | '/none'
                    a key that is not there, for this machine | watch --url http://127.0.0.1:1 --api-key-file /none | '/none'
                    the same by name | explain weather-average --url http://localhost:1 --api-key-file /none | '/none'
                    the same by IPv6 | watch --url http://[::1]:1 --api-key-file /none | '/none'
                    a key in clear text | explain weather-average --url http://192.0.2.1:8080 --api-key-file /none | --url: 'http://192.0.2.1:8080' is not allowed; allowed is https with --api-key-file
                    a key in clear text all along | watch --url http://127.0.0.1.example:1 --api-key-file /none | allowed is https with --api-key-file
                    start without a job | jobs start | NAME
                    start of an unknown job | jobs start weather | 'weather'
                    start from nothing | jobs start --from | --from: ''
                    start from somewhere | jobs start weather-average --from yesterday | newest, savepoint PATH, earliest or latest
                    start from no savepoint | jobs start weather-average --from savepoint | its folder is missing
                    start with 0 subtasks | jobs start weather-average --parallelism 0 | 1 to 32768
                    generation as an option of a start | jobs start weather-average --job-option generation=7 | --from for this
                    another topic of generations as an option of a start | jobs start weather-average --job-option job-runs-topic=own-runs | allowed is to leave it out: streampane reads job-runs alone
                    option of another job | jobs start weather-average --job-option word-count:skew=1s | without a job's
                    stop of nothing | jobs stop | NAME
                    savepoints of an unknown job | jobs savepoints weather --json | NAME: 'weather' is not allowed; allowed is weather-average,
                    rescale to nothing | jobs rescale weather-average | N
                    rescale to 0 | jobs rescale weather-average 0 | 1 to 32768
                    unknown thing with jobs | jobs restart x | 'restart'
                    no log name | logs | NAME
                    unknown log name | logs broker | 'broker' is no process
                    log name with a path | logs ../../etc/passwd | is no process
                    transactions without a command | tx | list or abort
                    abort without a job | tx abort | JOB
                    nothing to prepare | prepare | --bootstrap-servers or --elasticsearch is missing
                    no Flink to submit to | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e | '--flink=URL'
                    no Elasticsearch for index-results | submit --state / --jar j --bootstrap-servers b:1 --flink http://f | --elasticsearch is missing, which index-results writes to
                    unknown job to submit | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e --flink http://f --jobs weather | --jobs: 'weather' is not allowed; allowed is all, or weather-average,
                    submitted option without = | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e --flink http://f --job-option x | --job-option: 'x' is not allowed; allowed is NAME=VALUE
                    windows as a submitted option | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e --flink http://f --job-option windows=tumbling(1m) | --job-option: 'windows=tumbling(1m)' is not allowed; allowed is --windows for this
                    generation as a submitted option | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e --flink http://f --job-option weather-average:generation=3 | --job-option: 'weather-average:generation=3' is not allowed; allowed is --new-generation for this
                    state folder as a submitted option | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e --flink http://f --job-option state-dir=/x | --job-option: 'state-dir=/x' is not allowed; allowed is --state for this
                    topic of generations as a submitted option | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e --flink http://f --job-option job-runs-topic=own-runs | --job-option: 'job-runs-topic=own-runs' is not allowed; allowed is to leave it out: streampane reads job-runs alone
                    another broker as a submitted option | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e --flink http://f --job-option bootstrap-servers=c:1 | --job-option: 'bootstrap-servers=c:1' is not allowed; allowed is --bootstrap-servers for this
                    another Elasticsearch as a submitted option | submit --state / --jar j --bootstrap-servers b:1 --elasticsearch http://e --flink http://f --job-option index-results:elasticsearch-url=http://g | --job-option: 'index-results:elasticsearch-url=http://g' is not allowed; allowed is --elasticsearch for this
                    time that does not fit into a long | measure --for 999999999999d | '999999999999d'
                    """)
    void shouldSayInOneLineWhatIsWrong(String name, String line, String named) {
        // When
        int code = run(CommandLines.split(line));

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().strip())
                .startsWith("streampane: ")
                .contains(named)
                .contains("--help'")
                .doesNotContain("\n")
                .doesNotContain("Exception");
    }

    @Test
    void shouldAnswerAVeryLongArgumentInOneLine() {
        // When
        int code = run("up", "--for", "9".repeat(100_000));

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString().strip()).hasSizeLessThan(1000).doesNotContain("\n");
    }

    private static Stream<CommandSpec> commands() {
        return commands(Streampane.commandLine());
    }

    private static Stream<CommandSpec> commands(CommandLine command) {
        return Stream.concat(
                Stream.of(command.getCommandSpec()),
                command.getSubcommands().values().stream().flatMap(StreampaneTest::commands));
    }

    /** A list of commands shows the first line of each description alone. */
    @Test
    void shouldDescribeEachCommandInWholeSentences() {
        assertThat(ours()).allSatisfy(command -> {
            List<String> description = List.of(command.usageMessage().description());
            assertThat(description).first().asString().matches("[A-Z].*\\.");
            assertThat(description).last().asString().endsWith(".");
        });
    }

    /** All but what picocli has of itself. */
    private static Stream<CommandSpec> ours() {
        return commands().filter(command -> !(command.userObject() instanceof AutoComplete.GenerateCompletion));
    }

    @Test
    void shouldBreakLinesOfDescriptionsAndFootersOnce() {
        assertThat(ours()).allSatisfy(command -> {
            CommandLine.Model.UsageMessageSpec usage = command.usageMessage();
            assertThat(command.commandLine().getUsageMessage().lines())
                    .containsAll(lines(usage.description()))
                    .containsAll(lines(usage.footer()));
        });
    }

    private static List<String> lines(String... texts) {
        return Stream.of(texts).flatMap(String::lines).toList();
    }

    @Test
    void shouldListWhatTheScriptRunsItself() {
        // When
        run("--help");

        // Then
        assertThat(out.toString()).containsPattern("\n  bench +Compares").containsPattern("\n  run +Runs");
    }

    /** All but those of which the script starts another main class. */
    private static Stream<String> explained() {
        return commands().map(CommandSpec::qualifiedName).filter(name -> !name.matches("streampane (run|bench)"));
    }

    @ParameterizedTest
    @MethodSource("explained")
    void shouldExplainItself(String command) {
        // Given
        String[] help = CommandLines.split(command.replaceFirst("streampane ?", "") + " --help");

        // When
        int code = run(help);

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).startsWith("Usage: streampane");
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
        assertThat(out.toString()).isEqualToNormalizingWhitespace(inOneLineEach(help));
        assertThat(err.toString()).isEmpty();
    }

    /** What is said where there is place for it: no word of that is cut on a terminal. */
    private static String inOneLineEach(String... help) {
        StringWriter wide = new StringWriter();
        Streampane.commandLine()
                .setUsageHelpWidth(1_000)
                .setOut(new PrintWriter(wide))
                .execute(help);
        return wide.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    skeww=1m           | an option of weather-average, word-count: parallelism, skew, output, config, kafka.*
                    bulk-actions=5     | an option of weather-average, word-count: parallelism, skew, output, config, kafka.*
                    word-count:skew=1m | an option of word-count: parallelism, output, config, kafka.*
                    weather:skew=1m    | a job before the colon: index-results, weather-average, word-count
                    """)
    void shouldRefuseOptionsThatNoneOfTheJobsHas(String option, String allowed) throws IOException {
        // When
        int code = run(submit(option));

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString().strip())
                .isEqualTo("streampane: --job-option: '" + option + "' is not allowed; allowed is " + allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"skew=1m", "output=topic", "kafka.linger.ms=1", "index-results:bulk-actions=5"})
    void shouldTakeOptionsThatOneOfTheJobsHas(String option) throws IOException {
        // When
        int code = run(submit(option));

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString().strip()).isEqualTo("streampane: Flink does not answer: no connection to 127.0.0.1:1");
    }

    /** A start of weather-average and word-count where no Flink is. */
    private String[] submit(String option) throws IOException {
        Path jar = folder.resolve("job.jar");
        try (var file = new ZipOutputStream(Files.newOutputStream(jar))) {
            file.putNextEntry(new ZipEntry("dev/streampane/pipeline/job/options.properties"));
            file.write("""
                    weather-average = parallelism skew
                    word-count = parallelism output
                    index-results = parallelism bulk-actions
                    """.getBytes(UTF_8));
        }
        return CommandLines.split(
                "submit --flink http://127.0.0.1:1 --bootstrap-servers 127.0.0.1:1 --state / --jobs weather-average,word-count --jar "
                        + jar + " --job-option " + option);
    }

    private static Stream<Exception> refusals() {
        return Stream.of(
                new SaslAuthenticationException("not with this password"),
                new ServerException("cannot ask", new GroupAuthorizationException("not with this password", "group")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void shouldSayThatBrokersRefuseTheUser(Exception refusal) throws Exception {
        // Given
        CommandLine command = Streampane.commandLine().setErr(new PrintWriter(err, true));

        // When
        int code = command.getExecutionExceptionHandler().handleExecutionException(refusal, command, null);

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString().strip())
                .isEqualTo("streampane: the brokers refuse: not with this password (--kafka-config)");
    }

    @Test
    void shouldSayItsVersion() {
        // When
        int code = run("--version");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString().strip()).isEqualTo("streampane 1.0.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "jobs",
                "jobs list",
                "jobs start weather-average",
                "jobs stop weather-average",
                "jobs rescale weather-average 2",
                "jobs supersede weather-average",
                "audit",
                "tx list",
                "tx abort weather-average"
            })
    void shouldSayThatNothingRuns(String line) {
        // When
        int code = run(CommandLines.split(line + " --data " + folder));

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString().strip())
                .isEqualTo("streampane: no stack runs on " + folder + ": start it with 'streampane up'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list",
                "start weather-average",
                "stop weather-average",
                "rescale weather-average 2",
                "supersede weather-average"
            })
    void shouldTakeTheFolderInFrontOfWhatIsToBeDoneWithAJob(String line) {
        // When
        int code = run(CommandLines.split("jobs --data " + folder + " " + line));

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString()).startsWith("streampane: no stack runs on " + folder + ": ");
    }

    @Test
    void shouldTakeTheNearerOfTwoFolders() {
        // When
        int code = run("jobs", "--data", folder.toString(), "list", "--data", folder + "/nearer");

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString()).startsWith("streampane: no stack runs on " + folder + "/nearer: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"word-count", "index-results", "time-series-archive", "weather"})
    void shouldSupersedeOnlyWhatWritesWindows(String job) {
        // When
        int code = run("jobs", "supersede", job, "--data", folder.toString());

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString())
                .startsWith(
                        "streampane: NAME: '" + job
                                + "' is not allowed; allowed is weather-average, transaction-total, time-series-speed, which write windows");
    }

    @Test
    void shouldFindNothingWrongWithEndingWhatDoesNotRun() {
        // When
        int code = run("down", "--data", folder.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out.toString()).contains("nothing runs on " + folder);
    }

    @Test
    void shouldShowWhatRunsWhileFlinkDoesNotAnswer() throws IOException {
        // Given
        RunningStack.Child self = RunningStack.Child.of(ProcessHandle.current());
        new RunningStack(self, "starting", 40_000, Map.of(), Map.of("kafka", self), List.of()).write(folder);

        // When
        int code = run("status", "--data", folder.toString());

        // Then
        assertThat(out.toString()).contains("kafka                  pid " + self.pid(), "Flink");
        assertThat(code).isZero();
    }

    @Test
    void shouldEndAnUpThatHasOnlyTakenTheFolder() throws Exception {
        // Given
        Process up = takingTheFolder(List.of()).start();
        try {
            up.inputReader().readLine();
            int status = run("status", "--data", folder.toString());

            // When
            int code = run("down", "--data", folder.toString());

            // Then
            assertThat(out.toString()).startsWith("stopped in ");
            assertThat(code).isZero();
            assertThat(up.waitFor()).isEqualTo(143);
            assertThat(status).isEqualTo(4);
            assertThat(err.toString()).contains("'up' (pid " + up.pid() + ") starts or stops on " + folder);
        } finally {
            up.destroyForcibly();
        }
    }

    /** As where process 1 of a container is no init. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldNotWaitForAnUpThatItsParentDoesNotReap() throws Exception {
        // Given
        Process parent = takingTheFolder(List.of("sh", "-c", "\"$@\" & exec sleep 100", "sh"))
                .start();
        try {
            parent.inputReader().readLine();

            // When
            int code = run("down", "--data", folder.toString());
            run("down", "--data", folder.toString());

            // Then
            assertThat(err.toString()).isEmpty();
            assertThat(code).isZero();
            assertThat(out.toString()).startsWith("stopped in ").contains("nothing runs on " + folder);
        } finally {
            parent.destroyForcibly();
        }
    }

    private ProcessBuilder takingTheFolder(List<String> launcher) {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TakesFolder.class.getName(),
                folder.toString()));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    /** The process of the tests above. */
    static final class TakesFolder {
        public static void main(String[] args) throws InterruptedException {
            try (DataFolder taken = DataFolder.take(Path.of(args[0]))) {
                System.out.println("taken " + taken);
                Thread.sleep(Duration.ofMinutes(1).toMillis());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    0, 0, no window compared
                    1, 0, equal
                    0, 1, different
                    """)
    void shouldCallEqualOnlyWhatCouldBeCompared(long equal, long different, String verdict) throws IOException {
        // Given
        ReplayCommand replay = (ReplayCommand) Streampane.commandLine()
                .setOut(new PrintWriter(out, true))
                .parseArgs("replay", "weather-average", "--compare")
                .subcommand()
                .commandSpec()
                .userObject();

        // When
        replay.print(new ReplayReport(
                "weather-average",
                1,
                "batch",
                1,
                "t",
                false,
                1,
                7,
                0.1,
                true,
                equal,
                3,
                0,
                0,
                7,
                different,
                List.of()));

        // Then
        assertThat(out.toString()).containsPattern("\n" + verdict + "\n");
    }

    @Test
    void shouldSayThatAProcessNeverRan() {
        // When
        int code = run("logs", "kafka", "--data", folder.toString());

        // Then
        assertThat(code).isEqualTo(4);
        assertThat(err.toString()).contains("it has never run");
    }

    @Test
    void shouldFollowTheLogOfAStackThatBeginsAnew() throws Exception {
        // Given
        Path log = Servers.log(folder, "kafka");
        Files.createDirectories(log.getParent());
        Files.writeString(log, "a long line of before\n");
        Process logs = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Streampane.class.getName(),
                        "logs",
                        "kafka",
                        "-f",
                        "--data",
                        folder.toString())
                .start();
        try {
            var shown = logs.inputReader(UTF_8);
            await().until(() -> shown.readLine().equals("a long line of before"));

            // When
            Files.delete(log);
            Files.writeString(log, "anew\n");

            // Then
            await().until(() -> shown.readLine().equals("anew"));
        } finally {
            logs.destroy();
        }
    }

    @Test
    void shouldKeepDocumentedDefaults() {
        // When
        StackSettings settings = settings("up");

        // Then
        assertThat(settings.data())
                .hasToString(Checkout.root().resolve(".streampane").toString());
        assertThat(settings.portOffset()).isZero();
        assertThat(settings.jobs())
                .containsExactly(
                        "weather-average", "transaction-total", "index-results", "word-count", "fraud-detection");
        assertThat(settings.windows()).isEmpty();
        assertThat(settings.rate()).isEmpty();
        assertThat(settings.seed()).isEmpty();
        assertThat(settings.simulators()).isTrue();
        assertThat(settings.jobOptions()).isEmpty();
        assertThat(settings.kafkaConfig()).isEmpty();
        assertThat(settings.newGenerations()).isEmpty();
        assertThat(settings.retention()).isEmpty();
        assertThat(settings.services()).isEqualTo(ServiceBuild.JVM);
    }

    @Test
    void shouldRefuseNativeServicesThatAreNotBuiltInOneLine() {
        // Given
        String root = System.getProperty("streampane.root");
        System.setProperty("streampane.root", folder.toString());
        try {
            // When
            int code = run("up", "--native", "--data", folder.resolve("data").toString());
            // Then
            assertThat(code).isEqualTo(2);
            assertThat(err.toString().strip())
                    .contains("iot-simulator/target/*-runner", "mvn -q -DskipTests -Pnative package")
                    .doesNotContain("\n");
        } finally {
            if (root == null) {
                System.clearProperty("streampane.root");
            } else {
                System.setProperty("streampane.root", root);
            }
        }
    }

    @Test
    void shouldTakeEveryOption() {
        // When
        StackSettings settings = settings(
                "up",
                "--data=" + folder,
                "--port-offset=20000",
                "--jobs=transaction-total,weather-average",
                "--window=60s",
                "--rate=1000",
                "--seed=-7",
                "--no-simulators",
                "--native",
                "--new-generation=weather-average",
                "--job-option=kafka.linger.ms=1",
                "--job-option=weather-average:skew=1m",
                "--kafka-config=log.segment.bytes=1048576");

        // Then
        assertThat(settings.data()).isEqualTo(folder);
        assertThat(settings.bootstrapServers()).isEqualTo("127.0.0.1:29092");
        assertThat(settings.jobs()).containsExactly("transaction-total", "weather-average");
        assertThat(settings.windows()).isEqualTo(Optional.of("tumbling(1m)"));
        assertThat(settings.rate()).hasValue(1000);
        assertThat(settings.seed()).hasValue(-7L);
        assertThat(settings.simulators()).isFalse();
        assertThat(settings.newGenerations()).containsExactly("weather-average");
        assertThat(settings.jobOptions()).isEqualTo(Map.of("kafka.linger.ms", "1", "weather-average:skew", "1m"));
        assertThat(settings.kafkaConfig()).isEqualTo(Map.of("log.segment.bytes", "1048576"));
        assertThat(settings.services()).isEqualTo(ServiceBuild.NATIVE);
    }

    @Test
    void shouldTakeSpecificationsAllJobsAndRetentions() {
        // When
        StackSettings settings = settings(
                "up",
                "--jobs=all",
                "--window=tumbling(60s); sliding(5m, 60000ms)",
                "--retention=audit=36h",
                "--retention=window-results=unlimited",
                "--job-option=time-series-speed:windows=tumbling(10s)");

        // Then
        assertThat(settings.jobs()).isEqualTo(StackSettings.JOBS).hasSize(7);
        assertThat(settings.windows()).hasValue("tumbling(1m);sliding(5m,1m)");
        assertThat(settings.retention())
                .isEqualTo(Map.of("audit", Duration.ofHours(36), "window-results", Retention.UNLIMITED));
        assertThat(settings.jobOptions()).containsEntry("time-series-speed:windows", "tumbling(10s)");
    }

    @Test
    void shouldListSavepointsAlsoWhenNothingRuns() throws IOException {
        // Given
        Path state = folder.resolve("state/weather-average/2");
        TestCheckpoint.write(state.resolve("abc/chk-9"), 9);
        TestCheckpoint.write(state.resolve("savepoint-1"), 4);
        TestCheckpoint.write(state.resolve("savepoints/savepoint-2"), 12);

        // When
        int code = run("jobs", "savepoints", "weather-average", "--data", folder.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("weather")))
                .hasSize(2)
                .first()
                .asString()
                .contains("generation 2, checkpoint 4, ")
                .doesNotContain("kept");
        assertThat(out.toString()).contains("kept, newest");
    }

    @Test
    void shouldTakeFolderAndJsonInFrontOfACommandForJobs() throws IOException {
        // Given
        Path savepoint = TestCheckpoint.write(folder.resolve("state/weather-average/2/savepoint-1"), 4);

        // When
        int code = run("jobs", "--json", "--data", folder.toString(), "savepoints");

        // Then
        assertThat(code).isZero();
        assertThat(out.toString())
                .startsWith("{\"job\":\"weather-average\",")
                .contains("\"path\":\"" + savepoint + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"weather-average", "meter-energy"})
    void shouldSayOfWhichJobThereAreNoSavepoints(String job) throws IOException {
        // Given
        TestCheckpoint.write(folder.resolve("state/word-count/1/savepoint-1"), 4);
        TestCheckpoint.write(folder.resolve("state/meter-energy/1/abc/chk-9"), 9);

        // When
        int code = run("jobs", "savepoints", job, "--data", folder.toString());

        // Then
        assertThat(code).isZero();
        assertThat(out.toString().strip()).isEqualTo("no savepoints of " + job + " in " + folder.resolve("state"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"500ms", "10s", "2m", "3h", "1d", "1500ms", "90s"})
    void shouldWriteADurationAsItWasRead(String text) {
        assertThat(Durations.format(OptionValues.duration(text))).isEqualTo(text);
    }

    /** Splits at spaces, with quotes as in a shell. */
    private static final class CommandLines {
        static String[] split(String line) {
            return Pattern.compile("'([^']*)'|(\\S+)")
                    .matcher(line)
                    .results()
                    .map(part -> part.group(1) == null ? part.group(2) : part.group(1))
                    .toArray(String[]::new);
        }
    }
}
