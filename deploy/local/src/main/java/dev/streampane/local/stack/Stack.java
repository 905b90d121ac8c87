// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.contract.JobRun;
import dev.streampane.local.control.ControlServer;
import dev.streampane.local.control.StackException;
import dev.streampane.local.log.Retention;
import dev.streampane.local.log.TopicCatalogue;
import dev.streampane.local.server.FlinkRest;
import dev.streampane.local.server.IndexTemplates;
import dev.streampane.local.server.LocalServer;
import dev.streampane.local.state.Generations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * The whole system: {@link #start}, then {@link #supervise}, and {@link #stop} at any time and from any thread.
 *
 * <p>The servers start at the same time, and each further step as soon as the steps that it depends on are complete. A process that ends is
 * restarted. When the JobManager is restarted, so is the TaskManager, and every job is submitted again from its newest state.
 */
public final class Stack {

    private static final Duration JOBS_STOP = Duration.ofSeconds(6);
    private static final Duration SERVICES_STOP = Duration.ofSeconds(4);
    private static final Duration ALL_STOP = Duration.ofSeconds(8);

    private final StackSettings settings;
    private final Console console;
    private final Children children;
    private final Servers servers;
    private final StackJobContext context;
    private final RunningJobs jobs;
    private final StatusReporter statusReporter;
    private final ControlServer control;
    private final StackFile file;
    private final PendingRetractions retractions;
    private final Steps steps;
    private volatile boolean stopped;
    private volatile boolean anyJob;

    public Stack(StackSettings settings, Console console) {
        this.settings = settings;
        this.console = console;
        this.children = new Children(console);
        this.servers = new Servers(settings);
        this.steps = new Steps(console);
        this.retractions = new PendingRetractions(settings, console);
        FlinkRest rest = new FlinkRest(servers.flink.restUrl());
        context = new StackJobContext(settings, servers.elasticsearch.url(), children, retractions);
        jobs = new RunningJobs(settings, rest, context, console);
        file = new StackFile(settings, children, jobs, console);
        control = new ControlServer(
                settings.data(),
                jobs.commands((job, from, asked) -> JobPlan.of(job, settings, from, asked))::execute,
                file::publish,
                console);
        statusReporter = new StatusReporter(settings, rest, console);
    }

    /**
     * Starts everything. Returns when every service is ready and every task of every job runs, or when {@link #stop} is called before that.
     *
     * @throws StackException when something does not come up; what was started runs until {@link #stop}
     */
    public void start() {
        try {
            startAll();
        } catch (RuntimeException e) {
            if (!stopped) {
                throw e;
            }
        }
    }

    private void startAll() {
        long begin = System.nanoTime();
        control.open();
        var brokers = up(Servers.KAFKA, servers.kafka, servers.kafka.bootstrapServers());
        var flinkUp = steps.step("flink", this::startFlink);
        var search = up(Servers.ELASTICSEARCH, servers.elasticsearch, servers.elasticsearch.url());
        var topics = steps.after(brokers, "topics", this::createTopics);
        var templates = steps.after(search, "index templates", this::installTemplates);
        var services = new ArrayList<CompletableFuture<Void>>();
        services.add(topics.thenCompose(t -> up(Servers.RESULTS, servers.results, servers.results.url())));
        if (settings.simulators()) {
            services.add(topics.thenCompose(t -> up(Servers.IOT, servers.iot, servers.iot.url())));
            services.add(topics.thenCompose(
                    t -> up(Servers.TRANSACTIONS, servers.transactions, servers.transactions.url())));
        }
        services.add(steps.after(flinkUp, "slots", this::awaitSlots));
        var jar = steps.after(flinkUp, "job jar", this::uploadJar);
        var planned = steps.silently(topics, this::planJobs);
        services.add(steps.silently(topics, jobs::endOrphansOfOthers));
        Steps.await(planned);
        Steps.await(jar);
        anyJob = true;
        for (String job : settings.jobs()) {
            var needed = job.equals(StackSettings.INDEX) ? templates : planned;
            services.add(steps.after(needed, "job " + job, () -> startJob(job)));
        }
        services.add(templates);
        services.forEach(Steps::await);
        file.state("ready");
        file.publish();
        console.ready(Duration.ofNanos(System.nanoTime() - begin), servers.urls());
        Steps.daemon(statusReporter).start();
        Steps.daemon(control).start();
        Steps.daemon(retractions).start();
    }

    private String startFlink() {
        var flink = servers.flink;
        children.launch(Servers.JOB_MANAGER, this::launchJobManager, flink::jobManager);
        children.launch(Servers.TASK_MANAGER, flink::launchTaskManager, flink::taskManager, Servers.JOB_MANAGER);
        file.publish();
        flink.awaitJobManager();
        return flink.restUrl().toString();
    }

    private String awaitSlots() {
        servers.flink.awaitReady();
        return settings.slots() + " of the TaskManager";
    }

    private void launchJobManager() {
        jobs.forget();
        servers.flink.launchJobManager();
    }

    private String createTopics() {
        TopicCatalogue catalogue = TopicCatalogue.load();
        catalogue.create(settings.bootstrapServers());
        Retention.set(settings.bootstrapServers(), settings.retention());
        return catalogue.topics().size() + " in the catalogue";
    }

    private String installTemplates() {
        Failures.putTemplates(() -> IndexTemplates.install(servers.elasticsearch.url()));
        return "";
    }

    private String uploadJar() {
        jobs.upload();
        return context.jobJar().getFileName().toString();
    }

    private void planJobs() {
        List<JobRun> runs = Generations.all(settings.kafka());
        jobs.plan(job -> JobPlan.of(job, settings, runs));
    }

    private String startJob(String job) {
        String origin = jobs.start(job);
        file.publish();
        return origin;
    }

    private CompletableFuture<Void> up(String name, LocalServer server, Object address) {
        return steps.step(name, () -> {
            children.launch(name, server::launch, server::process);
            file.publish();
            server.awaitReady();
            return address.toString();
        });
    }

    /**
     * Supervises the processes, and in another thread the jobs. Returns at {@code until} (of {@link System#nanoTime}), after {@link #stop},
     * or when the reader of the console has gone.
     */
    public void supervise(Optional<Long> until) {
        Steps.daemon(() -> repeatedly(Optional.empty(), 1_000, jobs::watch)).start();
        repeatedly(until, 200, children::watch);
    }

    private void repeatedly(Optional<Long> until, int everyMillis, Runnable work) {
        while (!stopped && !console.isGone()) {
            if (until.isPresent() && System.nanoTime() >= until.get()) {
                return;
            }
            try {
                work.run();
                file.publish();
            } catch (RuntimeException e) {
                console.say("supervisor", "", "cannot repair just now: " + e.getMessage());
            }
            LockSupport.parkNanos(Duration.ofMillis(everyMillis).toNanos());
        }
    }

    /**
     * Terminates the services, stops the jobs with a savepoint, and then terminates the servers. Services that have not ended after four
     * seconds are killed, servers after eight. The first call does all this; a later call returns when the first one has finished, so that
     * its caller may release the data folder.
     */
    public synchronized void stop() {
        if (!stopped) {
            stopped = true;
            stopAll();
        }
    }

    private void stopAll() {
        long begin = System.nanoTime();
        file.state("stopping");
        statusReporter.end();
        control.end();
        retractions.end();
        console.clearStatus();
        children.end(); // waits for a watch() that is under way
        file.publish();
        children.terminate(Servers.SERVICES);
        if (anyJob) {
            jobs.stop(begin + JOBS_STOP.toNanos());
        }
        children.awaitEnd(Servers.SERVICES, begin + SERVICES_STOP.toNanos()); // they still need the broker
        children.terminate(Servers.SERVERS);
        children.awaitEnd(Servers.SERVERS, begin + ALL_STOP.toNanos());
        file.withdraw();
        double seconds = (System.nanoTime() - begin) / 1e9;
        String text = String.format(Locale.ROOT, "stopped in %.1f s, nothing is left running", seconds);
        console.say("stopped", "", text);
    }
}
