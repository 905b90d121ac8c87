// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import dev.streampane.local.Checkout;
import dev.streampane.local.IndexTemplates;
import dev.streampane.local.JobTransaction;
import dev.streampane.local.LocalElasticsearch;
import dev.streampane.local.LocalFlink;
import dev.streampane.local.LocalKafka;
import dev.streampane.local.LocalService;
import dev.streampane.local.NewestState;
import dev.streampane.local.ServerException;
import dev.streampane.local.TopicCatalogue;
import dev.streampane.local.Transactions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The whole system: {@link #start}, then {@link #supervise}, and {@link #stop} at any time and from any thread.
 *
 * <p>Servers start at once, and each further step as soon as what it needs is there. A child that dies is started again;
 * a new JobManager gets a new TaskManager and every job again, from its newest state.
 */
public final class Stack {

    private static final String JOB_MANAGER = "jobmanager";
    static final String TASK_MANAGER = "taskmanager";
    private static final String KAFKA = "kafka";
    private static final String ELASTICSEARCH = "elasticsearch";
    private static final String IOT = "iot-simulator";
    private static final String TRANSACTIONS = "transaction-simulator";
    private static final String RESULTS = "results-api";

    /** Names of the processes, which are those of their logs. */
    public static final List<String> PROCESSES =
            List.of(KAFKA, ELASTICSEARCH, JOB_MANAGER, TASK_MANAGER, IOT, TRANSACTIONS, RESULTS);

    private static final Duration JOBS_STOP = Duration.ofSeconds(6);
    private static final Duration ALL_STOP = Duration.ofSeconds(8);

    private final StackSettings settings;
    private final Screen screen;
    private final Children children;
    private final LocalKafka kafka;
    private final LocalElasticsearch elasticsearch;
    private final LocalFlink flink;
    private final LocalService iot;
    private final LocalService transactions;
    private final LocalService results;
    private final RunningJobs jobs;
    private final Figures figures;
    private final ExecutorService steps = Executors.newCachedThreadPool(Stack::daemon);
    private final ReentrantLock watching = new ReentrantLock();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile String state = "starting";
    private volatile boolean anyJob;
    private final RunningStack.Child self = RunningStack.Child.of(ProcessHandle.current());
    private RunningStack published;

    public Stack(StackSettings settings, Screen screen) {
        this.settings = settings;
        this.screen = screen;
        this.children = new Children(screen);
        Path data = settings.data();
        kafka =
                LocalKafka.at(
                        data.resolve(KAFKA),
                        settings.port(Listener.KAFKA),
                        settings.port(Listener.KAFKA_CONTROLLER),
                        settings.kafkaConfig());
        elasticsearch =
                LocalElasticsearch.at(
                        data.resolve(ELASTICSEARCH),
                        settings.port(Listener.ELASTICSEARCH),
                        settings.port(Listener.ELASTICSEARCH_TRANSPORT));
        flink =
                LocalFlink.at(
                        data.resolve("flink"),
                        new LocalFlink.Ports(
                                settings.port(Listener.FLINK),
                                settings.port(Listener.FLINK_JOB_MANAGER),
                                settings.port(Listener.FLINK_TASK_MANAGER)),
                        Map.of());
        iot = service(IOT, Listener.IOT_SIMULATOR, iotSettings(settings));
        transactions =
                service(TRANSACTIONS, Listener.TRANSACTION_SIMULATOR, seed(settings, "TX_SEED"));
        results =
                service(
                        RESULTS,
                        Listener.RESULTS_API,
                        Map.of(
                                "QUARKUS_ELASTICSEARCH_HOSTS",
                                "127.0.0.1:" + settings.port(Listener.ELASTICSEARCH)));
        FlinkRest rest = new FlinkRest(flink.restUrl());
        jobs = new RunningJobs(settings, rest, new JobSurroundings(), screen);
        figures = new Figures(settings, rest, screen);
    }

    private final class JobSurroundings implements RunningJobs.Surroundings {

        @Override
        public Path jobJar() {
            return RunningJobs.jobJar();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public boolean taskManagerLives() {
            return children.running().containsKey(TASK_MANAGER);
        }

        @Override
        public List<JobTransaction> abortOrphans(String job, int generation, Duration age) {
            return Transactions.abortOrphans(
                    settings.bootstrapServers(),
                    job,
                    generation,
                    () -> NewestState.id(settings.stateFolder(), job, generation),
                    age);
        }

        @Override
        public Map<String, Transactions.Outcome> abortOrphansOfAbsent(List<String> absent) {
            return Transactions.abortOrphans(
                    settings.bootstrapServers(), absent, settings.stateFolder());
        }
    }

    private LocalService service(String name, Listener listener, Map<String, String> own) {
        Map<String, String> environment = new TreeMap<>(own);
        environment.put("KAFKA_BOOTSTRAP_SERVERS", settings.bootstrapServers());
        return LocalService.at(
                name, settings.data().resolve("services"), settings.port(listener), environment);
    }

    private static Map<String, String> iotSettings(StackSettings settings) {
        Map<String, String> environment = new TreeMap<>(seed(settings, "IOT_SEED"));
        settings.rate().ifPresent(rate -> environment.put("IOT_RATE", String.valueOf(rate)));
        return environment;
    }

    private static Map<String, String> seed(StackSettings settings, String name) {
        Map<String, String> environment = new TreeMap<>();
        settings.seed().ifPresent(seed -> environment.put(name, String.valueOf(seed)));
        return environment;
    }

    /** Where a process of {@link #PROCESSES} writes its log. */
    public static Path log(Path data, String process) {
        String folder =
                switch (process) {
                    case KAFKA, ELASTICSEARCH -> process;
                    case JOB_MANAGER, TASK_MANAGER -> "flink";
                    default -> "services";
                };
        return data.resolve(folder).resolve(process + ".log");
    }

    /**
     * Starts everything and returns when every service is ready and every task of every job runs.
     *
     * @throws StackException when something does not come up; what was started runs until {@link #stop}
     */
    public void start() {
        long begin = System.nanoTime();
        var brokers =
                step(KAFKA, () -> up(KAFKA, kafka::launch, kafka::process, kafka::awaitReady));
        var flinkUp = step("flink", this::startFlink);
        var search =
                step(
                        ELASTICSEARCH,
                        () ->
                                up(
                                        ELASTICSEARCH,
                                        elasticsearch::launch,
                                        elasticsearch::process,
                                        elasticsearch::awaitReady));
        var topics = then(brokers, "topics", this::createTopics);
        var templates = then(search, "index templates", this::installTemplates);
        var services = new ArrayList<CompletableFuture<Void>>();
        services.add(then(topics, RESULTS, () -> up(results, RESULTS)));
        if (settings.simulators()) {
            services.add(then(topics, IOT, () -> up(iot, IOT)));
            services.add(then(topics, TRANSACTIONS, () -> up(transactions, TRANSACTIONS)));
        }
        var jar = then(flinkUp, "job jar", this::uploadJar);
        var planned = topics.thenRunAsync(() -> jobs.plan(job -> JobPlan.of(job, settings)), steps);
        services.add(topics.thenRunAsync(jobs::endOrphansOfOthers, steps));
        await(planned);
        await(jar);
        anyJob = true;
        for (String job : settings.jobs()) {
            var needed = job.equals(RunningJobs.INDEX) ? templates : planned;
            services.add(then(needed, "job " + job, () -> startJob(job)));
        }
        services.add(templates);
        services.forEach(Stack::await);
        state = "ready";
        publish();
        screen.ready(Duration.ofNanos(System.nanoTime() - begin), urls());
        Thread painter = daemon(figures);
        painter.start();
    }

    private String startFlink() {
        children.launch(JOB_MANAGER, this::launchJobManager, flink::jobManager);
        children.launch(TASK_MANAGER, flink::launchTaskManager, flink::taskManager, JOB_MANAGER);
        publish();
        flink.awaitReady();
        return flink.restUrl() + ", " + LocalFlink.SLOTS + " slots";
    }

    private void launchJobManager() {
        jobs.forget();
        flink.launchJobManager();
    }

    private String createTopics() {
        TopicCatalogue catalogue =
                TopicCatalogue.load(Checkout.root().resolve("deploy/topics.yml"));
        catalogue.create(settings.bootstrapServers());
        return catalogue.topics().size() + " in the catalogue";
    }

    private String installTemplates() {
        IndexTemplates.install(elasticsearch.url());
        return "";
    }

    private String uploadJar() {
        jobs.upload();
        return RunningJobs.jobJar().getFileName().toString();
    }

    private String startJob(String job) {
        jobs.start(job);
        publish();
        return jobs.origin(job);
    }

    private String up(LocalService service, String name) {
        up(name, service::launch, service::process, service::awaitReady);
        return service.url().toString();
    }

    private String up(
            String name,
            Runnable launch,
            java.util.function.Supplier<Process> process,
            Runnable awaitReady) {
        children.launch(name, launch, process);
        publish();
        awaitReady.run();
        return switch (name) {
            case KAFKA -> settings.bootstrapServers();
            case ELASTICSEARCH -> elasticsearch.url().toString();
            default -> "";
        };
    }

    private CompletableFuture<Void> step(String name, java.util.function.Supplier<String> work) {
        return then(CompletableFuture.completedFuture(null), name, work);
    }

    private CompletableFuture<Void> then(
            CompletableFuture<Void> before, String name, java.util.function.Supplier<String> work) {
        return before.thenRunAsync(
                () -> {
                    screen.begin(name);
                    try {
                        screen.end(name, work.get());
                    } catch (RuntimeException e) {
                        screen.fail(name);
                        throw e;
                    }
                },
                steps);
    }

    private static void await(CompletableFuture<?> step) {
        try {
            step.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StackException known) {
                throw known;
            }
            if (e.getCause() instanceof ServerException server) {
                throw new StackException(StackException.START_FAILED, server.getMessage(), server);
            }
            throw e;
        }
    }

    /** Watches over processes and jobs until {@code until} ({@link System#nanoTime}), or until nobody reads the screen. */
    public void supervise(Optional<Long> until) {
        boolean everySecondTime = false;
        while (!stopped.get() && !screen.isGone()) {
            everySecondTime = !everySecondTime;
            if (until.isPresent() && System.nanoTime() >= until.get()) {
                return;
            }
            watching.lock();
            try {
                if (!stopped.get()) {
                    children.watch();
                    if (everySecondTime) {
                        jobs.watch();
                    }
                    publish();
                }
            } catch (RuntimeException e) {
                screen.say("supervisor", "", "cannot repair just now: " + e.getMessage());
            } finally {
                watching.unlock();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Stops the jobs with a savepoint and then everything else, and kills what has not ended after eight seconds. The
     * first call does it; later ones return at once.
     */
    public void stop() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        long begin = System.nanoTime();
        state = "stopping";
        figures.end();
        screen.clearFigures();
        boolean watched = holdWatching();
        children.end();
        publish();
        children.terminate(List.of(IOT, TRANSACTIONS, RESULTS));
        if (anyJob) {
            jobs.stop(begin + JOBS_STOP.toNanos());
        }
        children.terminate(List.of(TASK_MANAGER, JOB_MANAGER, KAFKA, ELASTICSEARCH));
        children.awaitEnd(begin + (anyJob ? ALL_STOP : ALL_STOP.dividedBy(4)).toNanos());
        RunningStack.delete(settings.data());
        if (watched) {
            watching.unlock();
        }
        screen.say(
                "stopped",
                "",
                String.format(
                        java.util.Locale.ROOT,
                        "stopped in %.1f s, nothing is left running",
                        (System.nanoTime() - begin) / 1e9));
    }

    private boolean holdWatching() {
        try {
            return watching.tryLock(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Map<String, String> urls() {
        Map<String, String> urls = new LinkedHashMap<>();
        urls.put("page", results.url() + "/");
        urls.put("REST", results.url() + "/api/v1/windows?job=weather-average&limit=1");
        urls.put("live", results.url() + "/api/v1/stream");
        urls.put("OpenAPI", results.url() + "/q/swagger-ui");
        urls.put("Flink", flink.restUrl() + "/");
        urls.put("Elasticsearch", elasticsearch.url().toString());
        urls.put("Kafka", settings.bootstrapServers());
        if (settings.simulators()) {
            urls.put(IOT, iot.url() + "/api/v1/simulator");
            urls.put(TRANSACTIONS, transactions.url() + "/api/v1/simulator");
        }
        return urls;
    }

    private synchronized void publish() {
        Map<Listener, Integer> ports = new TreeMap<>();
        for (Listener listener : Listener.values()) {
            ports.put(listener, settings.port(listener));
        }
        RunningStack now =
                new RunningStack(
                        self,
                        state,
                        settings.portOffset(),
                        ports,
                        children.running(),
                        jobs.submitted());
        if (!now.equals(published)) {
            now.write(settings.data());
            published = now;
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "stack");
        thread.setDaemon(true);
        return thread;
    }
}
