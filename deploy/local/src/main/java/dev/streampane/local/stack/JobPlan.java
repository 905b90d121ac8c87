// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.Generations;
import dev.streampane.local.JobRun;
import dev.streampane.local.NewestState;
import dev.streampane.local.NewestState.State;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a job is to be started: on from the newest state of its newest generation, or, when it has none, without state as
 * a new generation.
 *
 * @param windows specification that it runs with; empty for the job's default and for jobs without windows
 * @param foreign names of options for every job that this one does not have
 */
record JobPlan(
        String job,
        int generation,
        Optional<State> state,
        Optional<String> windows,
        StackSettings settings,
        Set<String> foreign) {

    /**
     * Plans the job from the broker's {@code job-runs} and the state folder.
     *
     * @throws StackException when other windows are asked for than those that the job's state was made with
     */
    static JobPlan of(String job, StackSettings settings) {
        Optional<JobRun> latest = Generations.latest(settings.bootstrapServers(), job);
        Optional<State> state =
                latest.filter(run -> !settings.newGenerations().contains(job))
                        .flatMap(
                                run ->
                                        NewestState.find(
                                                settings.stateFolder(), job, run.generation()));
        Optional<String> wanted =
                StackSettings.WINDOW_JOBS.contains(job) ? settings.windows() : Optional.empty();
        Optional<String> stored =
                latest.map(run -> String.join(",", run.specs())).filter(specs -> !specs.isEmpty());
        if (state.isPresent() && wanted.isPresent() && !wanted.equals(stored)) {
            throw new StackException(
                    StackException.NOT_ALLOWED,
                    "%s has state of %s windows and cannot go on with %s: leave --window out, or compute anew with --new-generation %s, or start over with --fresh"
                            .formatted(job, stored.orElse("other"), wanted.get(), job));
        }
        int generation =
                latest.map(run -> run.generation() + (state.isPresent() ? 0 : 1)).orElse(1);
        return new JobPlan(job, generation, state, wanted.or(() -> stored), settings, Set.of());
    }

    /** The same job once more: on from what is its newest state now; a new generation when it has none. */
    static JobPlan again(JobPlan plan) {
        StackSettings settings = plan.settings;
        Optional<State> state = NewestState.find(settings.stateFolder(), plan.job, plan.generation);
        int generation =
                state.isPresent()
                        ? plan.generation
                        : Generations.next(settings.bootstrapServers(), plan.job);
        return new JobPlan(plan.job, generation, state, plan.windows, settings, plan.foreign);
    }

    /** The same without an option for every job that this one does not have; empty when it is not such an option. */
    Optional<JobPlan> without(String option) {
        if (foreign.contains(option) || !settings.jobOptions().containsKey(option)) {
            return Optional.empty();
        }
        Set<String> all = new HashSet<>(foreign);
        all.add(option);
        return Optional.of(new JobPlan(job, generation, state, windows, settings, Set.copyOf(all)));
    }

    /** The arguments of the job's main method. */
    List<String> arguments() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("bootstrap-servers", settings.bootstrapServers());
        options.put("state-dir", settings.stateFolder().toUri().toString());
        options.put("generation", String.valueOf(generation));
        windows.ifPresent(specs -> options.put("windows", specs));
        if (job.equals(RunningJobs.INDEX)) {
            options.put(
                    "elasticsearch-url",
                    "http://127.0.0.1:" + settings.port(Listener.ELASTICSEARCH));
        }
        Map<String, String> asked = settings.jobOptions(job);
        asked.keySet().removeAll(foreign);
        options.putAll(asked);
        List<String> arguments = new ArrayList<>(List.of(job));
        options.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        return arguments;
    }

    /** Where it starts from, for people. */
    String origin() {
        return state.map(
                        from ->
                                "generation "
                                        + generation
                                        + ", on from checkpoint "
                                        + from.checkpointId())
                .orElse("generation " + generation + ", without state");
    }
}
