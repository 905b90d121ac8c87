// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.contract.JobRun;
import dev.streampane.local.control.StackException;
import dev.streampane.local.control.StartFrom;
import dev.streampane.local.server.FlinkPaths;
import dev.streampane.local.state.Generations;
import dev.streampane.local.state.NewestState;
import dev.streampane.local.state.NewestState.State;
import dev.streampane.local.state.Savepoints;
import dev.streampane.local.state.Specifications;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a job is to be started: its newest generation goes on from its newest state, or a new generation begins, without state or from an
 * older one.
 *
 * @param before the newest generation that has run; empty: none
 * @param continues whether the generation is the one that wrote the state
 * @param windows specifications that it runs with; empty for the job's default and for jobs without windows
 * @param startFrom where to read from without state; empty: as the job's options say
 * @param asked options that a command has asked for; they override those of the settings
 */
record JobPlan(
        String job,
        int generation,
        Optional<JobRun> before,
        Optional<State> state,
        boolean continues,
        Optional<String> windows,
        Optional<String> startFrom,
        Map<String, String> asked,
        JobSettings settings) {

    private static final String WINDOWS = "windows";
    private static final String MODE = "mode";
    private static final String BATCH = "batch";

    /** Plans the job as {@code up} starts it. */
    static JobPlan of(String job, JobSettings settings, List<JobRun> all) {
        return of(
                job,
                settings,
                settings.newGenerations().contains(job) ? StartFrom.ANEW : StartFrom.NEWEST,
                Map.of(),
                all);
    }

    /**
     * Plans the job from the broker's {@code job-runs} and the state folder.
     *
     * @throws StackException when other windows are asked for than those of the state, when the savepoint to start from does not exist,
     *     when a batch would start from state, or when the newest generation has no state and an older one has
     */
    static JobPlan of(String job, JobSettings settings, StartFrom from, Map<String, String> asked) {
        return of(job, settings, from, asked, Generations.all(settings.kafka()));
    }

    static JobPlan of(String job, JobSettings settings, StartFrom from, Map<String, String> asked, List<JobRun> all) {
        List<JobRun> runs = all.stream().filter(run -> run.job().equals(job)).toList();
        Optional<JobRun> before = runs.stream().max(Comparator.comparingInt(JobRun::generation));
        int last = before.map(JobRun::generation).orElse(0);
        Optional<State> newest = NewestState.find(settings.stateFolder(), job, last);
        if (from.kind() == StartFrom.Kind.NEWEST && newest.isEmpty()) {
            refuseToForgetOlder(job, last, settings, runs);
        }
        Optional<State> state =
                switch (from.kind()) {
                    case NEWEST -> newest;
                    case SAVEPOINT ->
                        Optional.of(existing(
                                Path.of(from.savepoint()),
                                settings.stateFolder().resolve(job)));
                    case EARLIEST, LATEST, ANEW -> Optional.empty();
                };
        boolean continues = state.isPresent() && state.equals(newest);
        if (state.isPresent() && BATCH.equals(options(job, settings, asked).get(MODE))) {
            throw StackException.notAllowed(
                    "%1$s has state, which a batch does not go on from: leave out mode=batch, or start it without state with 'jobs start %1$s --from earliest', or --new-generation %1$s"
                            .formatted(job));
        }
        Optional<String> wanted = windows(job, settings, asked);
        Optional<String> stored = state.flatMap(s -> madeBy(s, job, settings, runs))
                .or(() -> before)
                .map(run -> String.join(";", run.specs()))
                .filter(specs -> !specs.isEmpty())
                .map(Specifications::canonical);
        if (state.isPresent() && wanted.isPresent() && !wanted.equals(stored)) {
            throw StackException.notAllowed(
                    "%s has state of %s windows and cannot go on with %s: leave the windows out, or compute anew with --new-generation %s (jobs start: --from earliest), or start over with --fresh"
                            .formatted(job, stored.orElse("other"), wanted.get(), job));
        }
        return new JobPlan(
                job,
                continues ? last : last + 1,
                before,
                state,
                continues,
                wanted.or(() -> stored),
                from.option(),
                Map.copyOf(asked),
                settings);
    }

    /**
     * Refuses to start without state when only an older generation has state. The newest one has completed no checkpoint, so it has
     * published nothing, and it is no longer known what it was started from. Whether to begin anew or to go on from the older state is for
     * the user to say.
     */
    private static void refuseToForgetOlder(String job, int last, JobSettings settings, List<JobRun> runs) {
        runs.stream()
                .map(JobRun::generation)
                .filter(generation -> generation < last)
                .sorted(Comparator.reverseOrder())
                .flatMap(older -> NewestState.find(settings.stateFolder(), job, older).stream())
                .findFirst()
                .ifPresent(older -> {
                    throw StackException.notAllowed(
                            "%1$s has no state of generation %2$d, only older state: choose with 'jobs start %1$s' --from savepoint %3$s (generation %4$d), --from earliest or --from latest; or with 'up' --new-generation %1$s, or --jobs without it"
                                    .formatted(
                                            job,
                                            last,
                                            older.path(),
                                            madeBy(older, job, settings, runs)
                                                    .orElseThrow()
                                                    .generation()));
                });
    }

    private static State existing(Path folder, Path ofTheJob) {
        return NewestState.read(below(ofTheJob, folder))
                .orElseThrow(() -> StackException.notAllowed("no completed savepoint or checkpoint lies in "
                        + folder
                        + ": see 'streampane jobs savepoints'"));
    }

    /** The folder, with symbolic links resolved, as a path below {@code above} when it lies there; otherwise as it is. */
    private static Path below(Path above, Path folder) {
        try {
            Path real = folder.toRealPath();
            Path realAbove = above.toRealPath();
            return real.startsWith(realAbove) ? above.resolve(realAbove.relativize(real)) : folder;
        } catch (IOException notThere) {
            return folder;
        }
    }

    /** The generation that wrote the state; empty when the state does not lie in the folder of any. */
    private static Optional<JobRun> madeBy(State state, String job, JobSettings settings, List<JobRun> runs) {
        Path folder = settings.stateFolder().resolve(job);
        return runs.stream()
                .filter(run -> state.path().startsWith(folder.resolve(String.valueOf(run.generation()))))
                .findAny();
    }

    private static Optional<String> windows(String job, JobSettings settings, Map<String, String> asked) {
        Map<String, String> options = new LinkedHashMap<>(settings.jobOptions(job));
        if (StackSettings.WINDOW_JOBS.contains(job)) {
            settings.windows().ifPresent(specs -> options.put(WINDOWS, specs));
        }
        options.putAll(asked);
        return Optional.ofNullable(options.get(WINDOWS)).map(Specifications::canonical);
    }

    /**
     * Plans the job's next submission: on from the newest state that the generation has now. Without any, a generation that was to begin
     * from an older state is to do so again; other jobs begin without state, as a new generation.
     */
    static JobPlan again(JobPlan plan) {
        JobSettings settings = plan.settings;
        Optional<State> newest = NewestState.find(settings.stateFolder(), plan.job, plan.generation);
        if (newest.isPresent()) {
            return plan.from(plan.generation, newest, true);
        }
        return plan.state.isPresent() && !plan.continues
                ? plan
                : plan.from(Generations.next(settings.kafka(), plan.job), Optional.empty(), false);
    }

    private JobPlan from(int number, Optional<State> from, boolean same) {
        return new JobPlan(job, number, before, from, same, windows, startFrom, asked, settings);
    }

    /** Whether the job takes over the state and may delete it; a savepoint that a user has asked for stays the user's. */
    boolean claims() {
        return continues
                && state.filter(from -> !Savepoints.isKept(from.path())).isPresent();
    }

    /** Whether older generations may have published windows that this new one will not make. */
    boolean supersedes() {
        return !continues && generation > 1 && StackSettings.RESULT_JOBS.contains(job);
    }

    /** Slots that the job takes. */
    int slots() {
        return StackSettings.slots(job, options(job, settings, asked));
    }

    /** The arguments of the job's main method. */
    List<String> arguments() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("bootstrap-servers", settings.bootstrapServers());
        options.put("state-dir", FlinkPaths.text(settings.stateFolder()));
        options.put("generation", String.valueOf(generation));
        windows.ifPresent(specs -> options.put(WINDOWS, specs));
        options.putAll(settings.own(job));
        options.putAll(options(job, settings, asked));
        startFrom.ifPresent(from -> options.put("start-from", from));
        List<String> arguments = new ArrayList<>(List.of(job));
        options.forEach((name, value) -> arguments.add((isEverybodys(name) ? "--any." : "--") + name + "=" + value));
        return arguments;
    }

    /** Whether an option was given for every job that has it, and neither for this one alone nor by a command. */
    private boolean isEverybodys(String option) {
        return settings.jobOptions().containsKey(option)
                && !settings.jobOptions().containsKey(job + ":" + option)
                && !asked.containsKey(option);
    }

    private static Map<String, String> options(String job, JobSettings settings, Map<String, String> asked) {
        Map<String, String> options = settings.jobOptions(job);
        options.putAll(asked);
        return options;
    }

    /** What the job starts from, as a text for the user. */
    String origin() {
        String number = "generation " + generation;
        if (state.isEmpty()) {
            return number + ", without state"
                    + startFrom.map(from -> ", from " + from).orElse("");
        }
        return number
                + (continues ? ", on from checkpoint " : ", from checkpoint ")
                + state.get().checkpointId()
                + (continues ? "" : " of " + state.get().path());
    }
}
