// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.Beside.beside;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * One stack under one load, in phases, each on what those before it have left: its processes are killed; its jobs are stopped, rescaled and
 * started under other settings; what they published is recomputed by replay and by explain; one of them is superseded; and what somebody
 * falsifies then is seen. A phase that fails does not keep those after it from running, but may be why they fail, too.
 */
@ExtendWith(PhaseTimes.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {

    private static final List<String> SPECS = List.of(
            LoadedStack.RULE.spec(),
            "sliding(10s,5s)",
            "session(700ms)",
            "calendar(day,Pacific/Kiritimati)",
            "all:tumbling(10s)");

    private static final String WINDOWS = String.join(";", SPECS);

    /** No replay compares it. */
    private static final String GLOBAL = "global(count=50)";

    @TempDir
    static Path data;

    private static LoadedStack stack;
    private static Kills kills;
    private static JobCommands commands;
    private static Replays replays;
    private static Explains explains;
    private static Outcome outcome;

    @BeforeAll
    static void startStack() {
        stack = new LoadedStack(
                data.resolve("a space"), // what goes on from state finds it there
                WINDOWS,
                "--job-option",
                "weather-average:checkpoint-interval=2s");
        kills = new Kills(stack);
        commands = new JobCommands(stack);
        replays = new Replays(stack);
        explains = new Explains(stack);
    }

    @AfterAll
    static void stopStack() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    @Order(1)
    void shouldLoseAndDoubleNothingWhenTheTaskManagerIsKilled() {
        kills.ofTheTaskManager();
        kills.recoversWithin("taskmanager", 1, Duration.ofSeconds(10));
    }

    @Test
    @Order(2)
    void shouldLoseAndDoubleNothingWhenTheJobManagerIsKilled() {
        kills.ofTheJobManager();
        kills.recoversWithin("jobmanager", 1, Duration.ofSeconds(30));
    }

    @Test
    @Order(3)
    void shouldLoseAndDoubleNothingWhenTheBrokerIsKilled() {
        kills.ofTheBroker();
    }

    @Test
    @Order(4)
    void shouldLoseAndDoubleNothingWhenTheSupervisorIsKilledAndStartedAgain() {
        kills.ofTheSupervisor(Duration.ofSeconds(45));
    }

    @Test
    @Order(5)
    void shouldLoseDoubleAndReopenNothingHoweverJobsAreStoppedAndStarted() throws Exception {
        commands.goOnStricter();
        commands.rescaleUnderLoad();
        commands.goOnLaxer();
        commands.superviseWhatCommandsHaveLeft();
        commands.rescaleThatIsGivenUp();
        outcome = stack.exact();
        assertThat(outcome.oracle().late()).isNotEmpty();
    }

    /** Both only read: at the same time. */
    @Test
    @Order(6)
    void shouldRecomputeToTheBitAndExplainWhatFaultsAndRestartsHaveLeft() {
        beside(
                () -> explains.ofWindows(SPECS),
                replays::ofTheWholeLog,
                replays::ofAPartOfTheLog,
                replays::ofWhichFlinkDoesNotTell);
    }

    @Test
    @Order(7)
    void shouldStartFromASavepointThatIsNotTheNewest() {
        commands.startFromAnOlderSavepoint();
    }

    @Test
    @Order(8)
    void shouldRetractWhatANewGenerationDoesNotMake() {
        commands.supersede(outcome);
    }

    @Test
    @Order(9)
    void shouldRefillAnElasticsearchThatHasLostWhatItHad() throws Exception {
        commands.refillElasticsearch();
    }

    @Test
    @Order(10)
    void shouldSayWhichWindowIsNotAsItsInputsWere() throws Exception {
        Replays.Tampered tampered = replays.tamperWith(2);
        Map<String, JsonNode> windows = explains.windows();
        beside(() -> explains.ofAFalsifiedDocument(windows), () -> replays.ofALogThatWasTamperedWith(tampered));
        explains.ofAFalsifiedLog(windows);
    }

    @Test
    @Order(11)
    void shouldExplainWindowsThatDependOnTheOrderOfArrival() throws Exception {
        commands.startAnew("--job-option", "windows=" + WINDOWS + ";" + GLOBAL);
        stack.awaitRead();
        explains.ofWindows(List.of(GLOBAL));
    }
}
