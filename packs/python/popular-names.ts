/** Names that people mean when an index does not know what they wrote; only for hints. */
export const POPULAR_NAMES: readonly string[] = `
aiohttp alembic altair anthropic anyio arrow asyncpg attrs azure-storage-blob beautifulsoup4 black bokeh boto3 botocore
cachetools catboost celery certifi cffi charset-normalizer click cloudpickle coverage cryptography cython dask datasets
django djangorestframework docker duckdb fastapi fastparquet flake8 flask fsspec gensim google-cloud-storage gradio
greenlet grpcio gunicorn h5py httpx huggingface-hub imageio ipykernel ipython jax jinja2 joblib jsonschema jupyter
jupyterlab keras langchain lightgbm llvmlite loguru lxml markdown matplotlib mlflow mypy mysqlclient networkx nltk
notebook numba numpy onnxruntime openai opencv-python opencv-python-headless openpyxl orjson packaging pandas paramiko
pillow pip plotly polars prometheus-client protobuf psutil psycopg2 psycopg2-binary pyarrow pydantic pygments pyjwt
pymongo pymysql pyopenssl pyspark pytest python-dateutil python-dotenv pytorch-lightning pytz pyyaml pyzmq redis regex
requests rich ruff s3fs safetensors scapy scikit-image scikit-learn scipy scrapy seaborn selenium sentencepiece
setuptools six spacy sqlalchemy starlette statsmodels streamlit sympy tabulate tensorboard tensorflow tokenizers torch
torchaudio torchvision tornado tqdm transformers typer typing-extensions ujson urllib3 uvicorn uvloop virtualenv
watchdog werkzeug wheel xarray xgboost xlsxwriter xlrd yarl zstandard
`
  .trim()
  .split(/\s+/);

/** Names of modules that their package does not carry. */
export const MODULE_NAMES: Readonly<Record<string, string>> = {
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python-headless',
  dotenv: 'python-dotenv',
  pil: 'pillow',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  yaml: 'pyyaml',
};
