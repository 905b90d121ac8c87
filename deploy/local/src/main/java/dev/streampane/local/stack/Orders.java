// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Gives orders to a running {@code up} and waits until they are carried out. */
public final class Orders {

    private static final Duration TAKEN_WITHIN = Duration.ofSeconds(10);

    private Orders() {}

    /**
     * Has the order carried out, showing what {@code up} says about it.
     *
     * @param data folder of the stack
     * @return what has become of it, in one line
     * @throws StackException saying why it is not carried out
     */
    public static String carryOut(Path data, RunningStack stack, JobOrder order, Screen screen) {
        if (!stack.state().equals("ready")) {
            throw new StackException(
                    StackException.NOT_RUNNING, "the stack is " + stack.state() + ": try again when it is ready");
        }
        OrderBox box = new OrderBox(data);
        String id = box.put(order);
        long begin = System.nanoTime();
        int shown = 0;
        while (true) {
            boolean upLives = stack.up().process().isPresent();
            List<JsonNode> answer = box.answer(id);
            for (JsonNode line : answer.subList(shown, answer.size())) {
                if (line.path("event").asText().equals(OrderBox.DONE)) {
                    box.forget(id);
                    return line.path("text").asText();
                }
                if (line.path("event").asText().equals(OrderBox.FAILED)) {
                    box.forget(id);
                    throw new StackException(
                            line.path("exitCode").asInt(), line.path("text").asText());
                }
                show(line, screen);
            }
            shown = answer.size();
            boolean late = System.nanoTime() - begin > TAKEN_WITHIN.toNanos();
            if (!upLives || shown == 0 && late && box.takeBack(id)) {
                throw new StackException(
                        StackException.NOT_RUNNING,
                        "'up' (pid %d) %s: see what it says in its terminal"
                                .formatted(stack.up().pid(), upLives ? "does not take orders" : "has ended"));
            }
            Submissions.pause();
        }
    }

    private static void show(JsonNode line, Screen screen) {
        String event = line.path("event").asText();
        String step = line.path("step").asText();
        switch (event) {
            case "begin" -> screen.begin(step);
            case "step" -> screen.end(step, line.path("detail").asText());
            case "stepFailed" -> screen.fail(step);
            default ->
                screen.say(
                        event, line.path("subject").asText(), line.path("text").asText());
        }
    }
}
